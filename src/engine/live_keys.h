// The keys of an engine in use: replaced as a whole, at one moment for all threads.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "token/key_ring.h"

namespace swt {

class LiveKeys {
 public:
  explicit LiveKeys(KeyRing keys) : current_(std::make_shared<const KeyRing>(std::move(keys))) {}

  // What an operation works with from its begin on, whatever happens to the keys meanwhile.
  std::shared_ptr<const KeyRing> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  // key_id for a ring with a killed key.
  Result<void> replace(KeyRing keys);

  // Takes a key out for good: no later ring may bring it back. key_id, state when there are too many.
  Result<void> kill(std::string_view id);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> current_;
  std::set<std::string, std::less<>> killed_;
};

}  // namespace swt
