#include "crypto/p256.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <optional>

#include "crypto/ecdsa_der.h"
#include "crypto/openssl.h"

namespace swt {
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
  const std::optional<EcdsaNumbers> numbers = read_ecdsa_der(der_signature);
  if (!numbers) return Status::proof_signature;

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
  return numbers->r;
}

}  // namespace swt
