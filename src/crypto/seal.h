// AES-256-GCM under the SHA-256 of a secret: what keeps a token's payload to those who hold the secret.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/context_pool.h"
#include "crypto/secure_bytes.h"

namespace swt {

inline constexpr size_t kIvSize = 12;
inline constexpr size_t kTagSize = 16;
// iv || tag || ciphertext
inline constexpr size_t kSealOverhead = kIvSize + kTagSize;

// May be used by any number of threads at once.
class SealKey {
 public:
  static Result<std::shared_ptr<const SealKey>> from_secret(std::string_view secret);
  ~SealKey();
  SealKey(const SealKey&) = delete;
  SealKey& operator=(const SealKey&) = delete;

  // Seals the plaintext under a fresh random iv. out has kSealOverhead bytes more than the plaintext.
  Result<void> seal(Bytes plaintext, MutableBytes out) const;
  // Opens what seal wrote. out has kSealOverhead bytes fewer, and is wiped when the seal is not this key's.
  Result<void> open(Bytes sealed, MutableBytes out) const;

 private:
  struct Contexts;

  explicit SealKey(SecureBytes key);
  std::unique_ptr<Contexts> new_contexts() const;

  const SecureBytes key_;
  mutable ContextPool<Contexts> pool_;
};

}  // namespace swt
