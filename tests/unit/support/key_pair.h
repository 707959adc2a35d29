// Key pairs of every kind, in the forms in which they lie in files, over plain OpenSSL.
#pragma once

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "client_key.h"
#include "text.h"

namespace swt::test {

// The standard alphabet with padding, in lines of 64.
inline std::string base64_lines(std::string_view bytes, size_t line = 64) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), kVariant);
  text.pop_back();  // the NUL
  std::string lines;
  for (size_t at = 0; at < text.size(); at += line) lines += text.substr(at, line) + '\n';
  return lines;
}

inline std::string pem_of(std::string_view label, std::string_view der) {
  const std::string name(label);
  return "-----BEGIN " + name + "-----\n" + base64_lines(der) + "-----END " + name + "-----\n";
}

class KeyPair {
 public:
  static KeyPair rsa(unsigned bits = 2048, unsigned long exponent = 65537) {
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), EVP_PKEY_CTX_free);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> e(BN_new(), BN_free);
    EVP_PKEY* key = nullptr;
    require(BN_set_word(e.get(), exponent) == 1 && EVP_PKEY_keygen_init(context.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1 &&
                EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) == 1 &&
                EVP_PKEY_generate(context.get(), &key) == 1,
            "an RSA key");
    return KeyPair(key);
  }

  static KeyPair ec(const char* curve = "P-256") { return KeyPair(EVP_EC_gen(curve)); }
  static KeyPair ed25519() { return KeyPair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
  static KeyPair x25519() { return KeyPair(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")); }

  static KeyPair rsa_pss() {
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    require(EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1 &&
                EVP_PKEY_generate(context.get(), &key) == 1,
            "an RSA-PSS key");
    return KeyPair(key);
  }

  static KeyPair dsa() {
    const Context of_parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* made = nullptr;
    require(EVP_PKEY_paramgen_init(of_parameters.get()) == 1 &&
                EVP_PKEY_CTX_set_dsa_paramgen_bits(of_parameters.get(), 1024) == 1 &&
                EVP_PKEY_paramgen(of_parameters.get(), &made) == 1,
            "DSA parameters");
    const KeyPair parameters(made);
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters.get(), nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    require(EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_generate(context.get(), &key) == 1, "a DSA key");
    return KeyPair(key);
  }

  EVP_PKEY* get() const { return key_.get(); }

  // As OpenSSL writes them
  std::string pkcs8_pem() const { return encoded(EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo"); }
  std::string traditional_pem() const { return encoded(EVP_PKEY_KEYPAIR, "PEM", "type-specific"); }
  std::string public_pem() const { return encoded(EVP_PKEY_PUBLIC_KEY, "PEM", "SubjectPublicKeyInfo"); }
  std::string rsa_public_pem() const { return encoded(EVP_PKEY_PUBLIC_KEY, "PEM", "type-specific"); }
  std::string pkcs8_der() const { return encoded(EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo"); }
  std::string traditional_der() const { return encoded(EVP_PKEY_KEYPAIR, "DER", "type-specific"); }
  std::string public_der() const { return encoded(EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo"); }
  std::string rsa_public_der() const { return encoded(EVP_PKEY_PUBLIC_KEY, "DER", "type-specific"); }

  // "ENCRYPTED PRIVATE KEY"
  std::string encrypted_pem(const char* passphrase) const {
    return encoded(EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo", passphrase);
  }

  // "Proc-Type: 4,ENCRYPTED"
  std::string traditional_encrypted_pem(const std::string& passphrase) const {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_PrivateKey_traditional(bio.get(), get(), EVP_aes_256_cbc(), bytes_of(passphrase),
                                                 static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
            "an encrypted key");
    return text_of(bio.get());
  }

  std::string certificate_der() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), get());
    require(X509_sign(certificate.get(), get(), EVP_sha256()) > 0, "a certificate");
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    require(size > 0, "a certificate in DER");
    const std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return out;
  }

  // One of the numbers of the key, big-endian, without leading zeros.
  std::string number(const char* name) const {
    BIGNUM* number = nullptr;
    require(EVP_PKEY_get_bn_param(get(), name, &number) == 1, name);
    std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(number);
    return bytes;
  }

  // The point of an EC key: x and y, 32 bytes each on P-256.
  std::string point(bool compressed = false) const {
    require(EVP_PKEY_set_utf8_string_param(get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                           compressed ? "compressed" : "uncompressed") == 1,
            "a form of points");
    std::string bytes(200, '\0');
    size_t size = 0;
    require(EVP_PKEY_get_octet_string_param(get(), OSSL_PKEY_PARAM_PUB_KEY,
                                            reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), &size) == 1,
            "a point");
    bytes.resize(size);
    return bytes;
  }

  // From here on, the curve is written with all of its parameters in place of its name.
  KeyPair& with_explicit_parameters() {
    require(EVP_PKEY_set_utf8_string_param(get(), OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
            "explicit parameters");
    return *this;
  }

  std::string sign(std::string_view text, const EVP_MD* hash = EVP_sha256()) const {
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    size_t size = static_cast<size_t>(EVP_PKEY_get_size(get()));
    std::string signature(size, '\0');
    require(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, get()) == 1 &&
                EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                               text.size()) == 1,
            "a signature");
    signature.resize(size);
    return signature;
  }

  bool check(std::string_view text, std::string_view signature) const {
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    require(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, get()) == 1, "a verification");
    return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  }

 private:
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
  using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
  using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

  explicit KeyPair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) { require(key != nullptr, "a key pair"); }

  static std::string text_of(BIO* bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    return std::string(text, static_cast<size_t>(size));
  }

  std::string encoded(int selection, const char* format, const char* structure,
                      const char* passphrase = nullptr) const {
    const std::unique_ptr<OSSL_ENCODER_CTX, decltype(&OSSL_ENCODER_CTX_free)> encoder(
        OSSL_ENCODER_CTX_new_for_pkey(get(), selection, format, structure, nullptr), OSSL_ENCODER_CTX_free);
    if (passphrase != nullptr) {
      require(OSSL_ENCODER_CTX_set_cipher(encoder.get(), "AES-256-CBC", nullptr) == 1 &&
                  OSSL_ENCODER_CTX_set_passphrase(encoder.get(), bytes_of(passphrase),
                                                  std::string_view(passphrase).size()) == 1,
              "a passphrase");
    }
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    require(OSSL_ENCODER_to_bio(encoder.get(), bio.get()) == 1, structure);
    return text_of(bio.get());
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace swt::test
