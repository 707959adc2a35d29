#include "engine/live_keys.h"

#include <algorithm>

#include "base/ids.h"

namespace swt {
namespace {

constexpr size_t kMaxKilled = 1024;

}  // namespace

Result<void> LiveKeys::replace(KeyRing keys) {
  auto next = std::make_shared<const KeyRing>(std::move(keys));
  const std::lock_guard lock(mutex_);
  const bool has_killed =
      std::any_of(killed_.begin(), killed_.end(), [&](const std::string& id) { return next->has(id); });
  if (has_killed) return Error(Status::key_id, "the ring has a key that was killed");
  current_ = std::move(next);
  return {};
}

Result<void> LiveKeys::kill(std::string_view id) {
  if (!is_key_id(id)) return Status::key_id;
  const std::lock_guard lock(mutex_);
  if (!current_->is_named()) return Error(Status::state, "this engine has one key and no key ring: set a ring first");
  if (killed_.contains(id)) return {};
  if (killed_.size() >= kMaxKilled) return Error(Status::state, "too many keys were killed in this engine");
  auto rest = std::make_shared<const KeyRing>(current_->without(id));
  killed_.emplace(id);
  current_ = std::move(rest);
  return {};
}

}  // namespace swt
