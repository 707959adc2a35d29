#include "stores/redis_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace swt {
namespace {

template <typename Sockaddr>
RedisAddress address_from(const Sockaddr& given) {
  RedisAddress address;
  std::memcpy(&address.storage, &given, sizeof given);
  address.size = sizeof given;
  return address;
}

}  // namespace

std::optional<RedisAddress> numeric_address(const std::string& host, uint16_t port) {
  sockaddr_in v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return address_from(v4);
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return address_from(v6);
  }
  return std::nullopt;
}

RedisAddress unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy_n(path.data(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  return address_from(address);
}

}  // namespace swt
