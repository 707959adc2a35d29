#include "token/key_ring.h"

#include <algorithm>

#include "base/ids.h"

namespace swt {

KeyRing KeyRing::of_one(std::shared_ptr<const TokenKey> key) {
  KeyRing ring;
  ring.has_signer_ = key->can_sign();
  ring.is_named_ = false;
  ring.keys_.push_back({"", std::move(key), kNoEnd});
  return ring;
}

Result<void> KeyRing::check_new(const TokenKey& key, std::string_view id) const {
  if (!is_key_id(id)) return Status::key_id;
  if (has(id)) return Error(Status::key_id, "the ring has a key with this kid already");
  // By its other name it would live on when it is killed by this one.
  const auto is_same = [&](const RingKey& other) { return other.key.get() == &key; };
  if (std::any_of(keys_.begin(), keys_.end(), is_same)) {
    return Error(Status::key_id, "the ring has this key already, under another kid");
  }
  const auto is_secret = [](const TokenKey& any) { return any.algorithm() == Algorithm::hs256; };
  const auto is_alike = [&](const RingKey& other) { return is_secret(*other.key) == is_secret(key); };
  if (static_cast<size_t>(std::count_if(keys_.begin(), keys_.end(), is_alike)) < kMaxKeysOfOneKind) return {};
  return Error(Status::state, "a ring holds at most four secrets and four PEM keys");
}

Result<void> KeyRing::set_signer(std::shared_ptr<const TokenKey> key, std::string_view id) {
  if (has_signer_) return Error(Status::state, "the ring has a signer already");
  if (!key->can_sign()) return Error(Status::key, "a public key cannot sign: a private key or a secret is needed");
  if (const Result<void> checked = check_new(*key, id); !checked) return checked.error();
  keys_.insert(keys_.begin(), {std::string(id), std::move(key), kNoEnd});
  has_signer_ = true;
  return {};
}

Result<void> KeyRing::accept(std::shared_ptr<const TokenKey> key, std::string_view id, int64_t until_ms) {
  if (until_ms <= 0) return Error(Status::argument, "until_ms must be a time after 1970, or SWT_NO_END");
  if (const Result<void> checked = check_new(*key, id); !checked) return checked.error();
  keys_.push_back({std::string(id), std::move(key), until_ms});
  return {};
}

bool KeyRing::has(std::string_view id) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const RingKey& key) { return is_named_ && key.id == id; });
}

KeyRing KeyRing::without(std::string_view id) const {
  KeyRing rest = *this;
  if (!has(id)) return rest;
  if (has_signer_ && keys_.front().id == id) rest.has_signer_ = false;
  std::erase_if(rest.keys_, [&](const RingKey& key) { return key.id == id; });
  return rest;
}

Result<const RingKey*> KeyRing::signer() const {
  if (has_signer_) return &keys_.front();
  if (!is_named_) return Error(Status::key, "a public key cannot sign: a private key or a secret is needed");
  return Error(Status::state, "the key ring has no signer");
}

Result<KeyRing::Candidates> KeyRing::candidates(const TokenHeader& header, int64_t now_s) const {
  Candidates found;
  // A kid names one key, and there is no second try with another.
  const bool is_by_name = is_named_ && !header.key_id.empty();
  bool is_known = false;
  for (const RingKey& each : keys_) {
    if (now_s >= each.until_ms / 1000 || (is_by_name && each.id != header.key_id)) continue;
    is_known = true;
    if (is_algorithm_of(header.algorithm, *each.key) && found.count < found.keys.size()) {
      found.keys[found.count++] = &each;
    }
  }
  if (found.count > 0) return found;
  return is_known ? Status::token_algorithm : Status::token_key;
}

}  // namespace swt
