#include "crypto/token_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>
#include <cstring>
#include <mutex>
#include <vector>

#include "crypto/hash.h"
#include "crypto/openssl.h"
#include "crypto/random.h"
#include "crypto/secret_check.h"
#include "crypto/secure_bytes.h"

namespace swt {
namespace {

constexpr size_t kMaxSealedSize = size_t{1} << 24;  // OpenSSL counts in int

}  // namespace

// What one operation works with. The keys are set up once; an operation only restarts them.
struct TokenKey::Contexts {
  MacContext mac;
  CipherContext seal;
  CipherContext open;
};

// Contexts carry the state of an operation, so threads that use one key at once need one set each. There are as many as
// there were threads at the busiest moment.
class TokenKey::ContextPool {
 public:
  ContextPool(SecureBytes mac_key, SecureBytes cipher_key)
      : mac_key_(std::move(mac_key)), cipher_key_(std::move(cipher_key)) {}

  // Borrows a set for one operation; empty when OpenSSL fails.
  class Lease {
   public:
    explicit Lease(ContextPool& pool) : pool_(pool), contexts_(pool.take()) {}
    ~Lease() {
      if (contexts_) pool_.give_back(std::move(contexts_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    explicit operator bool() const { return contexts_ != nullptr; }
    Contexts* operator->() { return contexts_.get(); }

    // Begins a new MAC under the same key.
    bool restart_mac() {
      // Before 3.0.3, OpenSSL forgot the key when it was not given again; giving it costs as much as a third of the MAC.
      static const bool forgets_key = OpenSSL_version_num() < 0x30000030L;
      const Bytes key = forgets_key ? pool_.mac_key_.bytes() : Bytes();
      return EVP_MAC_init(contexts_->mac.get(), forgets_key ? key.data() : nullptr, key.size(), nullptr) == 1;
    }

   private:
    ContextPool& pool_;
    std::unique_ptr<Contexts> contexts_;
  };

 private:
  std::unique_ptr<Contexts> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        std::unique_ptr<Contexts> contexts = std::move(free_.back());
        free_.pop_back();
        return contexts;
      }
    }
    std::unique_ptr<Contexts> contexts = make();
    if (contexts) {
      const std::lock_guard lock(mutex_);
      free_.reserve(++made_);
    }
    return contexts;
  }

  // There is room for every set that was made, so giving one back cannot fail.
  void give_back(std::unique_ptr<Contexts> contexts) noexcept {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(contexts));
  }

  std::unique_ptr<Contexts> make() const {
    const Openssl& ssl = openssl();
    auto contexts = std::make_unique<Contexts>();
    contexts->mac.reset(EVP_MAC_CTX_new(ssl.hmac));
    contexts->seal.reset(EVP_CIPHER_CTX_new());
    contexts->open.reset(EVP_CIPHER_CTX_new());
    if (!contexts->mac || !contexts->seal || !contexts->open) return nullptr;

    char digest[] = "SHA2-256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    const Bytes mac_key = mac_key_.bytes();
    const uint8_t* cipher_key = cipher_key_.bytes().data();
    const bool is_set_up =
        EVP_MAC_init(contexts->mac.get(), mac_key.data(), mac_key.size(), params) == 1 &&
        EVP_EncryptInit_ex2(contexts->seal.get(), ssl.aes_256_gcm, cipher_key, nullptr, nullptr) == 1 &&
        EVP_DecryptInit_ex2(contexts->open.get(), ssl.aes_256_gcm, cipher_key, nullptr, nullptr) == 1;
    return is_set_up ? std::move(contexts) : nullptr;
  }

  const SecureBytes mac_key_;
  const SecureBytes cipher_key_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Contexts>> free_;
  size_t made_ = 0;
};

TokenKey::TokenKey(std::unique_ptr<ContextPool> pool) : pool_(std::move(pool)) {}
TokenKey::~TokenKey() = default;

Result<std::shared_ptr<const TokenKey>> TokenKey::from_secret(std::string_view secret,
                                                              std::string_view encryption_secret,
                                                              ShortSecret short_secret) {
  if (encryption_secret.empty()) encryption_secret = secret;
  for (const std::string_view each : {secret, encryption_secret}) {
    if (const Result<void> checked = check_secret(each, short_secret); !checked) return checked.error();
  }
  Sha256 cipher_key{};
  if (!sha256(as_bytes(encryption_secret), cipher_key)) return Status::internal_crypto;
  std::optional<SecureBytes> kept_mac_key = SecureBytes::copy_of(as_bytes(secret));
  std::optional<SecureBytes> kept_cipher_key = SecureBytes::copy_of(cipher_key);
  wipe(cipher_key);
  if (!kept_mac_key || !kept_cipher_key) return Status::internal_memory;

  auto pool = std::make_unique<ContextPool>(std::move(*kept_mac_key), std::move(*kept_cipher_key));
  // A key that cannot work is found out now, not at the first token.
  if (!ContextPool::Lease(*pool)) return Status::internal_crypto;
  return std::shared_ptr<const TokenKey>(new TokenKey(std::move(pool)));
}

Result<size_t> TokenKey::sign(Bytes text, MutableBytes out) const {
  const ErrorQueueGuard guard;
  ContextPool::Lease contexts(*pool_);
  if (!contexts) return Status::internal_crypto;
  size_t written = 0;
  const bool is_signed = contexts.restart_mac() && EVP_MAC_update(contexts->mac.get(), text.data(), text.size()) == 1 &&
                         EVP_MAC_final(contexts->mac.get(), out.data(), &written, out.size()) == 1;
  if (!is_signed || written != max_signature_size()) return Status::internal_crypto;
  return written;
}

Result<void> TokenKey::check_signature(Bytes text, Bytes signature) const {
  if (signature.size() != max_signature_size()) return Status::token_authentication;
  std::array<uint8_t, 32> expected{};
  if (const Result<size_t> made = sign(text, expected); !made) return made.error();
  const bool is_ours = equal_in_constant_time(expected, signature);
  wipe(expected);
  if (!is_ours) return Status::token_authentication;
  return {};
}

Result<void> TokenKey::seal(Bytes plaintext, MutableBytes out) const {
  if (plaintext.size() > kMaxSealedSize || out.size() != plaintext.size() + kSealOverhead) return Status::internal_bug;
  const MutableBytes iv = out.first(kIvSize);
  const MutableBytes tag = out.subspan(kIvSize, kTagSize);
  const MutableBytes ciphertext = out.subspan(kSealOverhead);
  if (!random_bytes(iv)) return Error(Status::internal_crypto, "no random numbers are to be had");

  const ErrorQueueGuard guard;
  ContextPool::Lease contexts(*pool_);
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

Result<void> TokenKey::open(Bytes sealed, MutableBytes out) const {
  if (sealed.size() < kSealOverhead || sealed.size() > kMaxSealedSize) return Status::token_malformed;
  if (out.size() != sealed.size() - kSealOverhead) return Status::internal_bug;
  const Bytes iv = sealed.first(kIvSize);
  const Bytes ciphertext = sealed.subspan(kSealOverhead);
  std::array<uint8_t, kTagSize> tag{};
  std::memcpy(tag.data(), sealed.data() + kIvSize, kTagSize);

  const ErrorQueueGuard guard;
  ContextPool::Lease contexts(*pool_);
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
