// Names to addresses, within a deadline.
//
// getaddrinfo blocks for as long as it likes, so a helper thread calls it. There is one at the most: whoever needs the
// name meanwhile waits for the same answer, and an answer that never comes costs one thread and no more.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/redis_address.h"
#include "stores/redis_deadline.h"

namespace swt {

// May be used by any number of threads at once.
class RedisResolver {
 public:
  RedisResolver(std::string host, uint16_t port) : host_(std::move(host)), port_(port) {}

  // At least one address. store_timeout, store_connection.
  Result<std::vector<RedisAddress>> resolve(Deadline deadline);

 private:
  struct Lookup;

  static void* run(void* argument);
  static bool start(const std::shared_ptr<Lookup>& lookup);
  Result<std::shared_ptr<Lookup>> lookup_in_flight();

  const std::string host_;
  const uint16_t port_;
  std::mutex mutex_;
  std::shared_ptr<Lookup> lookup_;
};

}  // namespace swt
