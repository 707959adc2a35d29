// A connected socket, as a stream: never blocking, never raising SIGPIPE, not inherited by programs that are started.
#pragma once

#include <memory>
#include <vector>

#include "stores/redis_address.h"
#include "stores/redis_socket_list.h"
#include "stores/redis_stream.h"

namespace swt {

class RedisSocket final : public RedisStream {
 public:
  // To the first address that takes the connection; each gets its share of the time that is left.
  static Result<std::unique_ptr<RedisSocket>> connect(const std::vector<RedisAddress>& addresses, RedisSocketList& list,
                                                      Deadline deadline);

  // Not connected yet.
  RedisSocket(int family, RedisSocketList& list);
  ~RedisSocket() override;

  Result<void> write(std::string_view bytes, Deadline deadline) override;
  Result<size_t> read(std::span<char> into, Deadline deadline) override;
  bool is_quiet() const override;

  // What can be sent without waiting.
  void write_what_fits(std::string_view bytes);

 private:
  static Result<std::unique_ptr<RedisSocket>> connect_to(const RedisAddress& address, RedisSocketList& list,
                                                         Deadline deadline);

  RedisSocketList& list_;  // knows the socket from its first moment on
  const int descriptor_;
  bool is_listed_ = false;
};

}  // namespace swt
