// TLS to Redis: at least 1.2, the server's certificate from a CA of the caller's own and for exactly the host of the url.
//
// OpenSSL is given memory to read from and to write to, never the socket: its own writes would raise SIGPIPE. The system's
// CAs and the environment have no say.
#pragma once

#include <memory>
#include <string>

#include "stores/redis_socket.h"

struct ssl_ctx_st;

namespace swt {

struct RedisTlsFiles {
  std::string ca;           // PEM
  std::string certificate;  // PEM, with its chain; empty for none
  std::string key;          // PEM, not encrypted
};

// May be used by any number of threads at once.
class RedisTls {
 public:
  // Reads the files, which are not needed later. argument, internal_crypto.
  static Result<std::unique_ptr<const RedisTls>> load(const RedisTlsFiles& files);

  // The handshake over a connected socket. store_timeout, store_connection.
  Result<std::unique_ptr<RedisStream>> start(std::unique_ptr<RedisSocket> socket, const std::string& host,
                                             Deadline deadline) const;

  struct Deleter {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, Deleter>;

  explicit RedisTls(Context context) : context_(std::move(context)) {}

 private:
  const Context context_;
};

}  // namespace swt
