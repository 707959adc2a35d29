// Where a Redis is, as one text:
//
//   redis://[[user]:password@]host[:port][/database]      rediss:// is the same with TLS
//   unix://[[user]:password@]/path/to.sock[?db=database]
//
// Strict: what is not exactly one of these is refused. What has a meaning of its own (@ : / ? # %) is written as %XX.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/secure_bytes.h"

namespace swt {

inline constexpr size_t kMaxRedisUrlSize = 2048;

struct RedisUrl {
  enum class Transport { tcp, tls, unix_socket };

  Transport transport = Transport::tcp;
  std::string host;  // a name or an address, IPv6 without its brackets; empty for a unix socket
  uint16_t port = 6379;
  std::string path;                     // of the unix socket
  std::string user;                     // empty for the default user
  std::optional<SecureBytes> password;  // none: no authentication
  int database = 0;
};

// argument; internal_memory.
Result<RedisUrl> parse_redis_url(std::string_view url);

}  // namespace swt
