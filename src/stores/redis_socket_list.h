// Which sockets one process has open to Redis, so that a child of fork can close those that it inherited.
//
// The child cannot go through the pool: at the moment of the fork another thread may have been changing it. This list is
// made of atomics that are right at every moment.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace swt {

class RedisSocketList {
 public:
  explicit RedisSocketList(uint32_t size) : size_(size), entries_(std::make_unique<Entry[]>(size)) {}

  // False when the list is full, or the descriptor is no socket.
  [[nodiscard]] bool add(int descriptor);
  // Before the descriptor is closed: its number may be somebody else's at once.
  void remove(int descriptor);

  // In a child: closes the sockets, and nothing else that has their numbers by now. Says nothing to the server, for
  // which they are the parent's.
  void close_inherited();

 private:
  struct Entry {
    std::atomic<int> descriptor{-1};
    std::atomic<ino_t> inode{0};
    std::atomic<bool> is_taken{false};
  };

  const uint32_t size_;
  const std::unique_ptr<Entry[]> entries_;
};

}  // namespace swt
