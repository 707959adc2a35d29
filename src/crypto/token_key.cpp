#include "crypto/token_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/json_reader.h"
#include "crypto/hash.h"
#include "crypto/openssl.h"
#include "crypto/random.h"
#include "crypto/secure_bytes.h"

namespace swt {
namespace {

constexpr size_t kMinSecretSize = 32;
constexpr size_t kMaxSecretSize = 65536;
constexpr int kMaxJsonDepth = 32;
constexpr size_t kMaxSealedSize = size_t{1} << 24;  // OpenSSL counts in int

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case_word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto equal = [&](char word, char c) { return word == lower(c); };
  return text.size() >= lower_case_word.size() &&
         std::equal(lower_case_word.begin(), lower_case_word.end(), text.begin(), equal);
}

// A repeated byte, or the same few bytes over and over ("changeme" eight times), says that nobody chose this secret.
bool repeats_a_short_pattern(std::string_view secret) {
  constexpr size_t kLongestPattern = 8;
  for (size_t period = 1; period <= kLongestPattern && period * 2 <= secret.size(); ++period) {
    if (secret.substr(period) == secret.substr(0, secret.size() - period)) return true;
  }
  return false;
}

// What people leave in a configuration until it is in production.
bool is_placeholder(std::string_view secret) {
  for (const std::string_view word : {"changeme", "change-me", "change_me", "change this", "your-secret", "your_secret",
                                      "your-256-bit-secret", "placeholder", "replace-me", "replace_me"}) {
    if (starts_with_ignoring_case(secret, word)) return true;
  }
  return false;
}

std::string_view without_bom_and_space(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(" \t\r\n\f\v");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// A SEQUENCE from the first byte to the last that begins with an INTEGER or another SEQUENCE, as every key and certificate
// in DER does. None of them is all printable, and a secret of random bytes has this form once in millions.
bool is_der_key(std::string_view secret) {
  if (secret.size() < 4 || secret[0] != '\x30') return false;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(secret[i]); };
  size_t content = 2;
  size_t length = byte(1);
  if (length == 0x81) {
    content = 3;
    length = byte(2);
  } else if (length == 0x82) {
    content = 4;
    length = size_t{byte(2)} << 8 | byte(3);
  }
  if (content + length != secret.size() || length == 0) return false;
  const bool is_printable = std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return !is_printable && (byte(content) == 0x02 || byte(content) == 0x30);
}

// A JWK, a JWK set, or JSON of another kind: nobody draws a secret that happens to be JSON.
bool is_json(std::string_view text) {
  JsonReader json(text, kMaxJsonDepth);
  const bool is_tree = json.peek() == JsonReader::Kind::object || json.peek() == JsonReader::Kind::array;
  if (!is_tree) return false;
  const bool names_a_key =
      text.find("\"kty\"") != std::string_view::npos || text.find("\"keys\"") != std::string_view::npos;
  return names_a_key || (json.skip() && json.at_end());
}

// A key of another kind: used as a secret, a public key would let everybody sign.
bool is_key_of_another_kind(std::string_view secret) {
  if (secret.find("-----BEGIN") != std::string_view::npos || is_der_key(secret)) return true;
  const std::string_view text = without_bom_and_space(secret);
  for (const std::string_view start : {"ssh-", "sk-ssh-", "ecdsa-sha2-", "sk-ecdsa-sha2-", "---- BEGIN"}) {
    if (text.starts_with(start)) return true;
  }
  return is_json(text);
}

Result<void> check_secret(std::string_view secret, ShortSecret short_secret) {
  if (secret.empty()) return Error(Status::key, "the secret is empty");
  if (secret.size() > kMaxSecretSize) return Error(Status::key, "the secret is over 65536 bytes");
  if (is_key_of_another_kind(secret)) {
    return Error(Status::key, "the secret is a PEM, DER, SSH or JSON key; keys of these kinds are not supported yet");
  }
  if (short_secret == ShortSecret::refuse && secret.size() < kMinSecretSize) return Status::secret_too_short;
  if (secret.size() < kMinSecretSize) return {};
  if (repeats_a_short_pattern(secret)) return Error(Status::key, "the secret repeats one short pattern");
  if (is_placeholder(secret)) return Error(Status::key, "the secret is a placeholder");
  return {};
}

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

Result<void> TokenKey::sign(Bytes text, MutableBytes out) const {
  const ErrorQueueGuard guard;
  ContextPool::Lease contexts(*pool_);
  if (!contexts) return Status::internal_crypto;
  size_t written = 0;
  const bool is_signed = contexts.restart_mac() && EVP_MAC_update(contexts->mac.get(), text.data(), text.size()) == 1 &&
                         EVP_MAC_final(contexts->mac.get(), out.data(), &written, out.size()) == 1;
  if (!is_signed || written != signature_size()) return Status::internal_crypto;
  return {};
}

Result<void> TokenKey::check_signature(Bytes text, Bytes signature) const {
  if (signature.size() != signature_size()) return Status::token_authentication;
  std::array<uint8_t, 32> expected{};
  if (const Result<void> made = sign(text, expected); !made) return made.error();
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
