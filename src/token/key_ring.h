// The keys that an engine works with: one signs, all are accepted until their date. Immutable once an engine has it; a
// change of keys is another ring.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/token_key.h"
#include "token/header.h"

namespace swt {

// How many keys a token that does not name its key may be tried with. A ring holds no more secrets, and no more PEM keys:
// those are one kind, since 3.0.1 writes RS256 for both of theirs.
inline constexpr size_t kMaxKeysOfOneKind = 4;
inline constexpr int64_t kNoEnd = INT64_MAX;

struct RingKey {
  std::string id;  // kid; empty for the one key of an engine without a ring
  std::shared_ptr<const TokenKey> key;
  int64_t until_ms = kNoEnd;
};

class KeyRing {
 public:
  // The ring of an engine that has one key: tokens say no kid, and a kid that one says means nothing.
  static KeyRing of_one(std::shared_ptr<const TokenKey> key);

  // key for one that cannot sign, key_id, state.
  Result<void> set_signer(std::shared_ptr<const TokenKey> key, std::string_view id);
  Result<void> accept(std::shared_ptr<const TokenKey> key, std::string_view id, int64_t until_ms);

  bool empty() const { return keys_.empty(); }
  // False for the ring of an engine that has one key.
  bool is_named() const { return is_named_; }
  bool has(std::string_view id) const;
  KeyRing without(std::string_view id) const;

  // The key that signs: the first, if it does. state where there is none, key where the one key is a public one.
  Result<const RingKey*> signer() const;

  // The keys that a token with this header may have been signed with, in the order in which they are tried.
  struct Candidates {
    std::array<const RingKey*, kMaxKeysOfOneKind> keys{};
    size_t count = 0;
  };
  // token_key when there is none; token_algorithm when the key that the header names has another algorithm.
  Result<Candidates> candidates(const TokenHeader& header, int64_t now_s) const;

 private:
  Result<void> check_new(const TokenKey& key, std::string_view id) const;

  std::vector<RingKey> keys_;  // the signer first
  bool has_signer_ = false;
  bool is_named_ = true;
};

}  // namespace swt
