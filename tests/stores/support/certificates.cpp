#include "certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

namespace swt::test {
namespace {

using File = std::unique_ptr<FILE, decltype(&fclose)>;

void require(bool is_done) {
  if (!is_done) throw std::runtime_error("OpenSSL makes no certificate");
}

File open_for_writing(const std::string& path) {
  File file(fopen(path.c_str(), "w"), &fclose);
  require(file != nullptr);
  return file;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()), &X509_EXTENSION_free);
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

}  // namespace

Certificate::Certificate(const TempFolder& folder, const std::string& name, const CertificateOptions& options,
                         const Certificate* issuer)
    : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free),
      certificate_(X509_new(), &X509_free),
      certificate_file_(folder.file(name + ".crt")),
      key_file_(folder.file(name + ".key")) {
  static long serial = 1;
  X509* made = certificate_.get();
  require(key_ && made != nullptr && X509_set_version(made, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made), options.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(made), options.valid_until_s);
  X509_set_pubkey(made, key_.get());
  X509_NAME* subject = X509_get_subject_name(made);
  const auto* common_name = reinterpret_cast<const unsigned char*>(options.common_name.c_str());
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1);
  X509_set_issuer_name(made, issuer != nullptr ? X509_get_subject_name(issuer->certificate_.get()) : subject);
  add_extension(made, NID_basic_constraints, options.is_ca ? "critical,CA:TRUE" : "CA:FALSE");
  if (!options.names.empty()) add_extension(made, NID_subject_alt_name, options.names);
  EVP_PKEY* signer = issuer != nullptr ? issuer->key_.get() : key_.get();
  require(X509_sign(made, signer, EVP_sha256()) > 0);
  require(PEM_write_X509(open_for_writing(certificate_file_).get(), made) == 1);
  require(PEM_write_PrivateKey(open_for_writing(key_file_).get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          1);
}

std::string Certificate::encrypted_key_file() const {
  const std::string path = key_file_ + ".encrypted";
  unsigned char passphrase[] = "passphrase";
  require(PEM_write_PrivateKey(open_for_writing(path).get(), key_.get(), EVP_aes_128_cbc(), passphrase, 10, nullptr,
                               nullptr) == 1);
  return path;
}

}  // namespace swt::test
