// Where to connect to, as the kernel takes it.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace swt {

struct RedisAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// nullopt for what is no numeric address. Never asks anybody.
std::optional<RedisAddress> numeric_address(const std::string& host, uint16_t port);

// The path must fit.
RedisAddress unix_address(const std::string& path);

}  // namespace swt
