// A client with a key of its own, over plain OpenSSL.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "text.h"

namespace swt::test {

inline void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

// The order of the group of P-256 (SEC 2 section 2.4.2).
inline constexpr std::string_view kP256OrderHex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
// The prime of its field.
inline constexpr std::string_view kP256PrimeHex = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

inline std::string sha256_of(std::string_view text) {
  std::string digest(32, '\0');
  require(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
                     nullptr) == 1,
          "SHA-256");
  return digest;
}

inline std::string jwk_of(std::string_view x, std::string_view y) {
  return R"({"kty":"EC","crv":"P-256","x":")" + base64url_of(x) + R"(","y":")" + base64url_of(y) + R"("})";
}

class ClientKey {
 public:
  ClientKey() : ClientKey("P-256") {}
  explicit ClientKey(const char* curve) : key_(EVP_EC_gen(curve), EVP_PKEY_free) { require(key_ != nullptr, curve); }

  // A known key, from its raw numbers.
  ClientKey(std::string_view d, std::string_view x, std::string_view y) : key_(nullptr, EVP_PKEY_free) {
    const std::string point = "\x04" + std::string(x) + std::string(y);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> scalar(
        BN_bin2bn(bytes_of(d), static_cast<int>(d.size()), nullptr), BN_free);
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                  OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get());
    const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> params(OSSL_PARAM_BLD_to_param(builder.get()),
                                                                         OSSL_PARAM_free);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
                EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) == 1,
            "a known key");
    key_.reset(key);
  }

  std::string x() const { return coordinate(OSSL_PKEY_PARAM_EC_PUB_X); }
  std::string y() const { return coordinate(OSSL_PKEY_PARAM_EC_PUB_Y); }
  std::string jwk() const { return jwk_of(x(), y()); }

  // RFC 7638 section 3
  std::string thumbprint() const {
    return base64url_of(sha256_of(R"({"crv":"P-256","kty":"EC","x":")" + base64url_of(x()) + R"(","y":")" +
                                  base64url_of(y()) + R"("})"));
  }

  // A DER signature over the message.
  std::string sign(std::string_view message, const EVP_MD* digest = EVP_sha256()) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(160, '\0');
    size_t size = signature.size();
    require(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
                EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               bytes_of(message), message.size()) == 1,
            "a signature");
    signature.resize(size);
    return signature;
  }

  // SubjectPublicKeyInfo in DER
  std::string public_der() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    require(size > 0, "a public key in DER");
    const std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return out;
  }

 private:
  std::string coordinate(const char* name) const {
    BIGNUM* number = nullptr;
    require(EVP_PKEY_get_bn_param(key_.get(), name, &number) == 1, name);
    std::string bytes((static_cast<size_t>(EVP_PKEY_get_bits(key_.get())) + 7) / 8, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(number);
    return bytes;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace swt::test
