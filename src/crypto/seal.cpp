#include "crypto/seal.h"

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "crypto/hash.h"
#include "crypto/openssl.h"
#include "crypto/random.h"

namespace swt {
namespace {

constexpr size_t kMaxSealedSize = size_t{1} << 24;  // OpenSSL counts in int

}  // namespace

// Set up once with the key; an operation only gives the iv.
struct SealKey::Contexts {
  CipherContext seal;
  CipherContext open;
};

SealKey::SealKey(SecureBytes key) : key_(std::move(key)), pool_([this] { return new_contexts(); }) {}
SealKey::~SealKey() = default;

std::unique_ptr<SealKey::Contexts> SealKey::new_contexts() const {
  const ErrorQueueGuard guard;
  const EVP_CIPHER* aes = openssl().aes_256_gcm;
  const uint8_t* key = key_.bytes().data();
  auto contexts = std::make_unique<Contexts>();
  contexts->seal.reset(EVP_CIPHER_CTX_new());
  contexts->open.reset(EVP_CIPHER_CTX_new());
  const bool is_set_up = contexts->seal && contexts->open &&
                         EVP_EncryptInit_ex2(contexts->seal.get(), aes, key, nullptr, nullptr) == 1 &&
                         EVP_DecryptInit_ex2(contexts->open.get(), aes, key, nullptr, nullptr) == 1;
  return is_set_up ? std::move(contexts) : nullptr;
}

Result<std::shared_ptr<const SealKey>> SealKey::from_secret(std::string_view secret) {
  Sha256 digest{};
  if (!sha256(as_bytes(secret), digest)) return Status::internal_crypto;
  std::optional<SecureBytes> kept = SecureBytes::copy_of(digest);
  wipe(digest);
  if (!kept) return Status::internal_memory;
  std::shared_ptr<const SealKey> key(new SealKey(*std::move(kept)));
  // A key that cannot work is found out now, not at the first token.
  if (!ContextPool<Contexts>::Lease(key->pool_)) return Status::internal_crypto;
  return key;
}

Result<void> SealKey::seal(Bytes plaintext, MutableBytes out) const {
  if (plaintext.size() > kMaxSealedSize || out.size() != plaintext.size() + kSealOverhead) return Status::internal_bug;
  const MutableBytes iv = out.first(kIvSize);
  const MutableBytes tag = out.subspan(kIvSize, kTagSize);
  const MutableBytes ciphertext = out.subspan(kSealOverhead);
  if (!random_bytes(iv)) return Error(Status::internal_crypto, "no random numbers are to be had");

  const ErrorQueueGuard guard;
  ContextPool<Contexts>::Lease contexts(pool_);
  if (!contexts) return Status::internal_crypto;
  EVP_CIPHER_CTX* cipher = contexts->seal.get();
  int written = 0;
  int rest = 0;
  const bool is_sealed = EVP_EncryptInit_ex2(cipher, nullptr, nullptr, iv.data(), nullptr) == 1 &&
                         EVP_EncryptUpdate(cipher, ciphertext.data(), &written, plaintext.data(),
                                           static_cast<int>(plaintext.size())) == 1 &&
                         EVP_EncryptFinal_ex(cipher, ciphertext.data() + written, &rest) == 1 &&
                         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1;
  if (!is_sealed) return Status::internal_crypto;
  return {};
}

Result<void> SealKey::open(Bytes sealed, MutableBytes out) const {
  if (sealed.size() < kSealOverhead || sealed.size() > kMaxSealedSize) return Status::token_malformed;
  if (out.size() != sealed.size() - kSealOverhead) return Status::internal_bug;
  const Bytes iv = sealed.first(kIvSize);
  const Bytes ciphertext = sealed.subspan(kSealOverhead);
  std::array<uint8_t, kTagSize> tag{};
  std::memcpy(tag.data(), sealed.data() + kIvSize, kTagSize);

  const ErrorQueueGuard guard;
  ContextPool<Contexts>::Lease contexts(pool_);
  if (!contexts) return Status::internal_crypto;
  EVP_CIPHER_CTX* cipher = contexts->open.get();
  int written = 0;
  int rest = 0;
  const bool is_opened =
      EVP_DecryptInit_ex2(cipher, nullptr, nullptr, iv.data(), nullptr) == 1 &&
      EVP_DecryptUpdate(cipher, out.data(), &written, ciphertext.data(), static_cast<int>(ciphertext.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher, out.data() + written, &rest) == 1;
  if (!is_opened) {
    // OpenSSL hands out plaintext before it has checked the tag.
    wipe(out);
    return Status::token_authentication;
  }
  return {};
}

}  // namespace swt
