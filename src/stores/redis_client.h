// What one process has open to Redis: its connections, its lookups of names. A child of fork makes its own.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

#include "stores/redis_pool.h"
#include "stores/redis_resolver.h"
#include "stores/redis_server_clock.h"
#include "stores/redis_socket_list.h"
#include "stores/redis_tls.h"
#include "stores/redis_url.h"

namespace swt {

struct RedisServer {
  RedisUrl url;
  std::unique_ptr<const RedisTls> tls;  // none without TLS
  int64_t connect_timeout_ms = 0;
  int64_t command_timeout_ms = 0;
  uint32_t max_connections = 0;
};

// May be used by any number of threads at once.
class RedisClient {
 public:
  // The server and the clock outlive the client. The one that a child found in its place stays in memory: locks in it may
  // be held by threads that the child does not have.
  RedisClient(const RedisServer& server, RedisServerClock& clock, RedisClient* inherited = nullptr)
      : server_(server),
        clock_(clock),
        inherited_(inherited),
        resolver_(server.url.host, server.url.port),
        sockets_(server.max_connections),
        pool_(server.max_connections) {}
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  bool is_of_this_process() const { return process_ == getpid(); }
  void close_inherited() { sockets_.close_inherited(); }

  // What is to be said on a connection. It is called again, on a new connection, when the one that it had turns out to have
  // died before: it must mean the same when it is said twice.
  using Exchange = std::function<Result<void>(RedisConnection&, Deadline)>;

  // Waiting for a connection and the exchange share one time limit; connecting has its own, on top of it.
  Result<void> run(const Exchange& exchange);

 private:
  Result<void> connect(RedisPool::Lease& lease, Deadline deadline);
  Result<std::unique_ptr<RedisSocket>> connect_socket(Deadline deadline);
  Result<std::unique_ptr<RedisStream>> open_stream(Deadline deadline);
  Result<void> learn_time(RedisConnection& connection, Deadline deadline);

  const pid_t process_ = getpid();
  const RedisServer& server_;
  RedisServerClock& clock_;
  [[maybe_unused]] RedisClient* const inherited_;  // so that tools that look for lost memory find it
  RedisResolver resolver_;
  RedisSocketList sockets_;
  RedisPool pool_;
};

}  // namespace swt
