#include "crypto/pem.h"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "crypto/key_text.h"

namespace swt {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kEcParameters = "EC PARAMETERS";

constexpr std::pair<std::string_view, KeyForm> kForms[] = {
    {"PRIVATE KEY", KeyForm::pkcs8_private},                                             // RFC 7468 section 10
    {"RSA PRIVATE KEY", KeyForm::rsa_private}, {"EC PRIVATE KEY", KeyForm::ec_private},  // RFC 5915 section 4
    {"PUBLIC KEY", KeyForm::public_key},                                                 // RFC 7468 section 13
    {"RSA PUBLIC KEY", KeyForm::rsa_public},
};

constexpr const char* kIsEncrypted = "the private key is encrypted; decrypt it first (openssl pkey -in file)";
constexpr const char* kIsCertificate =
    "this is a certificate; take the public key out of it (openssl x509 -pubkey -noout -in file)";
constexpr const char* kIsRequest = "this is a certificate request; the key itself is needed";
constexpr const char* kIsOpenssh =
    "this is a private key of OpenSSH; turn it into PKCS #8 (ssh-keygen -p -m PKCS8 -f file)";
constexpr const char* kIsSshPublic = "this is an SSH public key; turn it into PEM (ssh-keygen -e -m PKCS8 -f file)";
constexpr const char* kIsDsa = "this is a DSA key; an RSA key or an EC key over P-256 is needed";

// What else is found in PEM files, and what to do about it.
constexpr std::pair<std::string_view, const char*> kOthers[] = {
    {"ENCRYPTED PRIVATE KEY", kIsEncrypted},
    {"CERTIFICATE", kIsCertificate},
    {"X509 CERTIFICATE", kIsCertificate},
    {"TRUSTED CERTIFICATE", kIsCertificate},
    {"CERTIFICATE REQUEST", kIsRequest},
    {"NEW CERTIFICATE REQUEST", kIsRequest},
    {"OPENSSH PRIVATE KEY", kIsOpenssh},
    {"DSA PRIVATE KEY", kIsDsa},
    {"DSA PUBLIC KEY", kIsDsa},
    {"DSA PARAMETERS", kIsDsa},
};

// One block, cut out of its text.
struct Block {
  std::string_view label;
  std::string_view body;
};

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

const char* why_no_pem(std::string_view text) {
  switch (kind_of_key_text(text)) {
    case KeyText::der: return "this is a key in DER; turn it into PEM (openssl pkey -inform DER -in file)";
    case KeyText::ssh: return kIsSshPublic;
    case KeyText::pem_in_base64: return "this is a PEM in base64; it must be given as it is, with its lines";
    case KeyText::json: return "this is a JWK or other JSON; the key must be given as PEM";
    default: return "there is no PEM block in the key's text";
  }
}

Result<void> check_text(std::string_view text) {
  if (text.size() > kMaxPemSize) return Error(Status::key, "the PEM is over 32768 bytes");
  if (trimmed(text).empty()) return Error(Status::key, "the PEM is empty");
  if (text.find(kBegin) == std::string_view::npos) return Error(Status::key, why_no_pem(text));
  const auto is_plain = [](char c) { return (c >= ' ' && c <= '~') || kWhiteSpace.find(c) != std::string_view::npos; };
  if (!std::all_of(text.begin(), text.end(), is_plain)) {
    return Error(Status::key, "the PEM has a byte that is neither printable ASCII nor white space");
  }
  // What becomes of a PEM in many a configuration file and environment variable.
  if (text.find("\\n") != std::string_view::npos) {
    return Error(Status::key, "the PEM has a backslash and an n where its line breaks belong");
  }
  return {};
}

// Takes the block at the beginning of the text away from it, and the white space behind it.
Result<Block> take_block(std::string_view& text) {
  if (!text.starts_with(kBegin)) return Error(Status::key, "there is text before the PEM block; leave the block alone");
  const size_t label_end = text.find(kDashes, kBegin.size());
  if (label_end == std::string_view::npos) return Error(Status::key, "the PEM is cut off in its first line");
  const std::string_view label = text.substr(kBegin.size(), label_end - kBegin.size());
  const size_t body = label_end + kDashes.size();
  const std::string last_line = "-----END " + std::string(label) + "-----";
  const size_t end = text.find(last_line, body);
  if (end == std::string_view::npos) return Error(Status::key, "the PEM has no last line that fits its first");
  const Block block{label, text.substr(body, end - body)};
  text = trimmed(text.substr(end + last_line.size()));
  return block;
}

Result<KeyForm> form_of(std::string_view label) {
  for (const auto& [known, form] : kForms) {
    if (known == label) return form;
  }
  for (const auto& [other, why] : kOthers) {
    if (other == label) return Error(Status::key, why);
  }
  return Error(Status::key, "the PEM block is no key of a known kind");
}

// A header line of RFC 1421 ("Proc-Type: 4,ENCRYPTED") belongs to encryption; base64 has no colon.
Result<void> check_body(std::string_view body) {
  if (body.find(':') == std::string_view::npos) return {};
  if (body.find("ENCRYPTED") != std::string_view::npos) return Error(Status::key, kIsEncrypted);
  return Error(Status::key, "the PEM block has header lines; it must hold the key alone");
}

// libsodium's decoder, in constant time. It is strict about padding and trailing bits.
Result<SecureBytes> decode(std::string_view body) {
  std::optional<SecureBytes> memory = SecureBytes::of_size(body.size() / 4 * 3 + 3);
  if (!memory) return Status::internal_memory;
  const MutableBytes out = memory->writable();
  size_t size = 0;
  if (sodium_base642bin(out.data(), out.size(), body.data(), body.size(), kWhiteSpace.data(), &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return Error(Status::key, "the PEM block is not base64 from its first line to its last");
  }
  memory->shrink_to(size);
  return *std::move(memory);
}

Result<void> check_parameters(const Block& block) {
  const Result<SecureBytes> der = decode(block.body);
  if (!der) return der.error();
  return check_ec_parameters(der->bytes());
}

}  // namespace

Result<PemKey> read_pem(std::string_view text) {
  if (const Result<void> checked = check_text(text); !checked) return checked.error();
  std::string_view rest = trimmed(text);
  Result<Block> block = take_block(rest);
  if (!block) return block.error();
  if (block->label == kEcParameters) {
    if (const Result<void> checked = check_parameters(*block); !checked) return checked.error();
    if (rest.empty()) return Error(Status::key, "there are EC parameters and no key");
    block = take_block(rest);
    if (!block) return block.error();
    if (block->label != "EC PRIVATE KEY") {
      return Error(Status::key, "EC parameters may stand before an EC PRIVATE KEY only");
    }
  }
  const Result<KeyForm> form = form_of(block->label);
  if (!form) return form.error();
  if (rest.starts_with(kBegin)) return Error(Status::key, "there are several PEM blocks; give the one key alone");
  if (!rest.empty()) return Error(Status::key, "there is text behind the PEM block; leave the block alone");
  if (const Result<void> checked = check_body(block->body); !checked) return checked.error();
  Result<SecureBytes> der = decode(block->body);
  if (!der) return der.error();
  return PemKey{*form, *std::move(der)};
}

}  // namespace swt
