// Certificates for one test, as PEM files in its folder.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "temp_folder.h"

namespace swt::test {

struct CertificateOptions {
  std::string common_name = "test";
  std::string names = "IP:127.0.0.1";  // subjectAltName as OpenSSL writes it; empty for none
  long valid_from_s = -3600;           // from now
  long valid_until_s = 3600;
  bool is_ca = false;
};

// A key, a certificate over it, and the files that hold them.
class Certificate {
 public:
  // Signed by the issuer; by itself without one.
  Certificate(const TempFolder& folder, const std::string& name, const CertificateOptions& options,
              const Certificate* issuer = nullptr);

  const std::string& certificate_file() const { return certificate_file_; }
  const std::string& key_file() const { return key_file_; }
  // The key again, encrypted under a passphrase.
  std::string encrypted_key_file() const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
  std::string certificate_file_;
  std::string key_file_;
};

}  // namespace swt::test
