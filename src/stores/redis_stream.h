// Bytes to a server and back.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "stores/redis_deadline.h"

namespace swt {

// Used by one thread at a time. After an error it is good for nothing but being destroyed, which closes it.
class RedisStream {
 public:
  RedisStream() = default;
  virtual ~RedisStream() = default;
  RedisStream(const RedisStream&) = delete;
  RedisStream& operator=(const RedisStream&) = delete;

  // All of the bytes. store_timeout, store_connection.
  virtual Result<void> write(std::string_view bytes, Deadline deadline) = 0;

  // How many bytes came, at least one. store_timeout, store_connection.
  virtual Result<size_t> read(std::span<char> into, Deadline deadline) = 0;

  // True when nothing has come that was not read, and the server has not hung up. Does not wait.
  virtual bool is_quiet() const = 0;
};

}  // namespace swt
