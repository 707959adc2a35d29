// An RSA key and its certificate, in the forms in which they lie in files.
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "client_key.h"

namespace swt::test {

class RsaKey {
 public:
  RsaKey() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) { require(key_ != nullptr, "an RSA key"); }

  // SubjectPublicKeyInfo
  std::string public_der() const {
    return der_of([&](unsigned char** out) { return i2d_PUBKEY(key_.get(), out); });
  }
  // RSAPublicKey: the two numbers alone
  std::string pkcs1_public_der() const {
    return der_of([&](unsigned char** out) { return i2d_PublicKey(key_.get(), out); });
  }
  std::string private_der() const {
    return der_of([&](unsigned char** out) { return i2d_PrivateKey(key_.get(), out); });
  }

  std::string certificate_der() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key_.get());
    require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0, "a certificate");
    return der_of([&](unsigned char** out) { return i2d_X509(certificate.get(), out); });
  }

 private:
  template <typename Encode>
  static std::string der_of(Encode encode) {
    unsigned char* der = nullptr;
    const int size = encode(&der);
    require(size > 0, "a structure in DER");
    const std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return out;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace swt::test
