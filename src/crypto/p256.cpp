#include "crypto/p256.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstring>

#include "crypto/openssl.h"

namespace swt {
namespace {

constexpr size_t kMaxDerSize =
    72;  // two integers of 33 bytes at most, each with its 2 bytes, in a sequence with 2 more

// Parses a signature and writes it again: a text that comes out different was not in the one canonical form.
EcdsaSignature parse_canonical(Bytes der) {
  if (der.empty() || der.size() > kMaxDerSize) return nullptr;
  const uint8_t* at = der.data();
  EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) return nullptr;
  uint8_t again[kMaxDerSize + 8];
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  if (size <= 0 || static_cast<size_t>(size) != der.size()) return nullptr;
  uint8_t* to = again;
  if (i2d_ECDSA_SIG(signature.get(), &to) != size) return nullptr;
  return std::equal(der.begin(), der.end(), again) ? std::move(signature) : nullptr;
}

}  // namespace

void P256PublicKey::Deleter::operator()(void* pkey) const { EVP_PKEY_free(static_cast<EVP_PKEY*>(pkey)); }

Result<P256PublicKey> P256PublicKey::from_coordinates(Bytes x, Bytes y) {
  if (x.size() != kP256Size || y.size() != kP256Size) return Status::client_key;
  const Openssl& ssl = openssl();
  const ErrorQueueGuard guard;

  std::array<uint8_t, 1 + 2 * kP256Size> point{0x04};  // uncompressed (SEC 1 section 2.3.3)
  std::copy(x.begin(), x.end(), point.begin() + 1);
  std::copy(y.begin(), y.end(), point.begin() + 1 + kP256Size);
  char group[] = "P-256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                         OSSL_PARAM_construct_end()};
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(ssl.context, "EC", nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return Status::internal_crypto;
  EVP_PKEY* pkey = nullptr;
  // Refuses a point off the curve and a coordinate that is not below the field's prime.
  if (EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) return Status::client_key;
  return P256PublicKey(pkey);
}

Result<P256Scalar> P256PublicKey::check_signature(Bytes message, Bytes der_signature) const {
  const ErrorQueueGuard guard;
  const EcdsaSignature signature = parse_canonical(der_signature);
  if (!signature) return Status::proof_signature;
  P256Scalar r{};
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), r.data(), static_cast<int>(r.size())) < 0) {
    return Status::proof_signature;
  }

  const DigestContext digest(EVP_MD_CTX_new());
  auto* pkey = static_cast<EVP_PKEY*>(pkey_.get());
  if (!digest ||
      EVP_DigestVerifyInit_ex(digest.get(), nullptr, "SHA2-256", openssl().context, nullptr, pkey, nullptr) != 1) {
    return Status::internal_crypto;
  }
  // 0 and every negative number are failures: only 1 is a signature.
  const int verified =
      EVP_DigestVerify(digest.get(), der_signature.data(), der_signature.size(), message.data(), message.size());
  if (verified != 1) return Status::proof_signature;
  return r;
}

}  // namespace swt
