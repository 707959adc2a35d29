#include "crypto/pkey_signature.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crypto/context_pool.h"
#include "crypto/ecdsa_der.h"
#include "crypto/hash.h"
#include "crypto/pkey_params.h"

namespace swt {
namespace {

// Set up once with the key, the padding and the hash; an operation only gives its bytes.
struct PkeyContexts {
  DigestContext digest;
  PkeyContext sign;  // none of a public key
  PkeyContext check;
};

// What RSA and ECDSA have in common.
class PkeySignatureKey : public SignatureKey {
 public:
  PkeySignatureKey(Pkey key, bool can_sign)
      : key_(std::move(key)), can_sign_(can_sign), pool_([this] { return new_contexts(); }) {}

  bool works() const;

  bool can_sign() const override { return can_sign_; }
  Result<std::shared_ptr<const SignatureKey>> public_half() const override;

 protected:
  // A signature as OpenSSL makes it.
  Result<size_t> sign_hash(Bytes text, MutableBytes out) const;
  Result<void> check_hash(Bytes text, Bytes signature) const;

  EVP_PKEY* key() const { return key_.get(); }

 private:
  using Lease = ContextPool<PkeyContexts>::Lease;

  std::unique_ptr<PkeyContexts> new_contexts() const;
  PkeyContext new_context(int (*init)(EVP_PKEY_CTX*)) const;

  const Pkey key_;
  const bool can_sign_;
  mutable ContextPool<PkeyContexts> pool_;
};

class RsaSignatureKey final : public PkeySignatureKey {
 public:
  using PkeySignatureKey::PkeySignatureKey;

  Algorithm algorithm() const override { return Algorithm::rs256; }
  size_t max_size() const override { return size_; }
  Result<size_t> sign(Bytes text, MutableBytes out) const override { return sign_hash(text, out); }
  Result<void> check(Bytes text, Bytes signature) const override {
    // RFC 8017 section 8.2.2, step 1
    if (signature.size() != size_) return Status::token_authentication;
    return check_hash(text, signature);
  }

 private:
  const size_t size_ = static_cast<size_t>(EVP_PKEY_get_size(key()));
};

class EcdsaSignatureKey final : public PkeySignatureKey {
 public:
  using PkeySignatureKey::PkeySignatureKey;

  Algorithm algorithm() const override { return Algorithm::es256; }
  size_t max_size() const override { return kMaxEcdsaDerSize; }
  Result<size_t> sign(Bytes text, MutableBytes out) const override {
    const Result<size_t> made = sign_hash(text, out);
    if (!made) return made.error();
    const std::optional<EcdsaNumbers> numbers = read_ecdsa_der(out.first(*made));
    if (!numbers) return Status::internal_crypto;
    return write_ecdsa_der(with_low_s(*numbers), out);
  }
  Result<void> check(Bytes text, Bytes signature) const override {
    if (!read_ecdsa_der(signature)) return Status::token_authentication;
    return check_hash(text, signature);
  }
};

PkeyContext PkeySignatureKey::new_context(int (*init)(EVP_PKEY_CTX*)) const {
  PkeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl().context, key_.get(), nullptr));
  const bool is_rsa = algorithm() == Algorithm::rs256;
  const bool is_set_up = context && init(context.get()) == 1 &&
                         (!is_rsa || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1) &&
                         EVP_PKEY_CTX_set_signature_md(context.get(), openssl().sha256) == 1;
  return is_set_up ? std::move(context) : nullptr;
}

std::unique_ptr<PkeyContexts> PkeySignatureKey::new_contexts() const {
  const ErrorQueueGuard guard;
  auto contexts = std::make_unique<PkeyContexts>();
  contexts->digest.reset(EVP_MD_CTX_new());
  contexts->check = new_context(EVP_PKEY_verify_init);
  if (can_sign_) contexts->sign = new_context(EVP_PKEY_sign_init);
  const bool is_set_up = contexts->digest && contexts->check && (contexts->sign || !can_sign_);
  return is_set_up ? std::move(contexts) : nullptr;
}

bool hash_text(EVP_MD_CTX* context, Bytes text, Sha256& out) {
  return EVP_DigestInit_ex2(context, openssl().sha256, nullptr) == 1 &&
         EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
         EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
}

Result<size_t> PkeySignatureKey::sign_hash(Bytes text, MutableBytes out) const {
  if (!can_sign_) return Error(Status::key, "a public key checks signatures and makes none");
  const ErrorQueueGuard guard;
  Lease contexts(pool_);
  if (!contexts) return Status::internal_crypto;
  Sha256 hash{};
  size_t size = out.size();
  const bool is_signed = hash_text(contexts->digest.get(), text, hash) &&
                         EVP_PKEY_sign(contexts->sign.get(), out.data(), &size, hash.data(), hash.size()) == 1;
  if (!is_signed || size > out.size()) return Status::internal_crypto;
  return size;
}

Result<void> PkeySignatureKey::check_hash(Bytes text, Bytes signature) const {
  const ErrorQueueGuard guard;
  Lease contexts(pool_);
  if (!contexts) return Status::internal_crypto;
  Sha256 hash{};
  if (!hash_text(contexts->digest.get(), text, hash)) return Status::internal_crypto;
  // 0 and every negative number are failures: only 1 is a signature.
  const int checked =
      EVP_PKEY_verify(contexts->check.get(), signature.data(), signature.size(), hash.data(), hash.size());
  if (checked != 1) return Status::token_authentication;
  return {};
}

bool PkeySignatureKey::works() const {
  if (!can_sign_) return static_cast<bool>(Lease(pool_));
  constexpr std::string_view kText = "header.payload";
  std::array<uint8_t, kMaxSignatureSize> signature{};
  const Result<size_t> size = sign(as_bytes(kText), MutableBytes{signature}.first(max_size()));
  return size && check(as_bytes(kText), Bytes{signature}.first(*size));
}

Result<std::shared_ptr<const SignatureKey>> PkeySignatureKey::public_half() const {
  const ErrorQueueGuard guard;
  Pkey half = public_half_of(key_.get());
  if (!half) return Status::internal_crypto;
  return public_signature_key(std::move(half));
}

std::shared_ptr<const PkeySignatureKey> new_key(Pkey key, bool can_sign) {
  if (EVP_PKEY_is_a(key.get(), "RSA")) return std::make_shared<const RsaSignatureKey>(std::move(key), can_sign);
  return std::make_shared<const EcdsaSignatureKey>(std::move(key), can_sign);
}

}  // namespace

Result<std::shared_ptr<const SignatureKey>> private_signature_key(Pkey key) {
  std::shared_ptr<const PkeySignatureKey> made = new_key(std::move(key), true);
  if (!made->works()) return Error(Status::key, "the parts of the private key do not fit together");
  return std::shared_ptr<const SignatureKey>(std::move(made));
}

Result<std::shared_ptr<const SignatureKey>> public_signature_key(Pkey key) {
  std::shared_ptr<const PkeySignatureKey> made = new_key(std::move(key), false);
  if (!made->works()) return Status::internal_crypto;
  return std::shared_ptr<const SignatureKey>(std::move(made));
}

}  // namespace swt
