// A store in Redis: one round trip for each question, over a small pool of connections of its own.
//
// Whatever goes wrong is a status of the class `unavailable`: never "missing", and never "yes". How each question is put
// to Redis, and how its reply reads, is in session/redis_call.h; this is the way there and back.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "session/redis_call.h"
#include "stores/store.h"

namespace swt {

class Deadline;
class RedisClient;
class RedisConnection;

struct RedisStoreOptions {
  RedisLayout layout;                 // prefix and session_ttl_s; the store sets the rest itself
  int64_t connect_timeout_ms = 1000;  // 1 .. 60000: resolving, connecting, TLS, AUTH, SELECT and TIME together
  int64_t command_timeout_ms = 250;   // 1 .. 60000: waiting for a connection, sending and the whole reply together
  uint32_t max_connections = 8;       // 1 .. 1024
  // PEM files, read once by open. With rediss:// the CAs that the server's certificate must come from are mandatory;
  // without it none of the three may be given.
  std::string ca_file;
  std::string client_certificate_file;  // both or none
  std::string client_key_file;
};

// May be asked by any number of threads at once, and by a child of fork, which connects anew. The last one to let go of it
// closes its connections, when nobody is asking any more.
//
// ask and ping take command_timeout_ms at the most, and where they have to connect, connect_timeout_ms on top of it. A
// thread with a stack of 64 KB is enough, also for TLS.
//
// The user that the url names needs the commands ping, time, eval and evalsha, those that the scripts call, and the keys
// of its prefix: ~<prefix>* &* +@read +@write +@scripting +time +ping +select.
class RedisStore final : public Store {
 public:
  // Parses and checks everything; does not connect: an application may start before its Redis does. The url is described
  // in redis_url.h. argument, lifetime; internal_memory, internal_crypto.
  static Result<std::shared_ptr<RedisStore>> open(std::string_view url, RedisStoreOptions options);

  struct Setup;  // what open has checked and made
  explicit RedisStore(std::unique_ptr<Setup> setup);
  ~RedisStore() override;

  // The moment is the operation's; how long the network takes is measured on a clock that runs.
  StoreReply ask(const Question& question, Instant now) override;

  // One round trip, on a connection that is logged in: nothing, or why Redis cannot be used now.
  Result<void> ping() override;

 private:
  RedisClient& client();
  StoreReply ask_on(RedisConnection& connection, const Question& question, Deadline deadline);

  const std::unique_ptr<Setup> setup_;
  std::atomic<RedisClient*> client_;  // owned
};

}  // namespace swt
