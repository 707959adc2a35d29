#include "stores/redis_socket_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>

namespace swt {
namespace {

// What tells a socket from every other one that is open.
std::optional<ino_t> inode_of(int descriptor) {
  struct stat found {};
  if (fstat(descriptor, &found) != 0 || !S_ISSOCK(found.st_mode)) return std::nullopt;
  return found.st_ino;
}

}  // namespace

bool RedisSocketList::add(int descriptor) {
  const std::optional<ino_t> inode = inode_of(descriptor);
  if (!inode) return false;
  for (uint32_t i = 0; i < size_; ++i) {
    if (entries_[i].is_taken.exchange(true)) continue;
    entries_[i].inode = *inode;
    entries_[i].descriptor = descriptor;
    return true;
  }
  return false;
}

void RedisSocketList::remove(int descriptor) {
  for (uint32_t i = 0; i < size_; ++i) {
    int expected = descriptor;
    if (!entries_[i].descriptor.compare_exchange_strong(expected, -1)) continue;
    entries_[i].is_taken = false;
    return;
  }
}

void RedisSocketList::close_inherited() {
  for (uint32_t i = 0; i < size_; ++i) {
    const int descriptor = entries_[i].descriptor.exchange(-1);
    if (descriptor >= 0 && inode_of(descriptor) == entries_[i].inode) close(descriptor);
  }
}

}  // namespace swt
