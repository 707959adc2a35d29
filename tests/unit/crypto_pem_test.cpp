// What may stand in a PEM and around it. Everything else is refused when the key is made, with a sentence that helps.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>
#include <vector>

#include "crypto/pem.h"
#include "support/key_pair.h"
#include "support/outcome.h"
#include "support/pem_key.h"
#include "support/text.h"

namespace swt {
namespace {

using test::accepted;
using test::KeyPair;
using test::load_private;
using test::load_public;
using test::pem_of;
using test::refused_as;
using test::repeated;
using test::replaced;

const KeyPair& rsa() {
  static const KeyPair pair = KeyPair::rsa();
  return pair;
}

const KeyPair& ec() {
  static const KeyPair pair = KeyPair::ec();
  return pair;
}

// The parameters that name P-256, as `openssl ecparam -genkey` writes them before the key.
std::string ec_parameters() { return pem_of("EC PARAMETERS", test::from_hex("06082a8648ce3d030107")); }

// For what is wrong whatever the key is for.
void expect_refused(const std::string& pem, std::string_view words, const char* what) {
  EXPECT_TRUE(refused_as(load_private(pem), words)) << what << ", as a private key";
  EXPECT_TRUE(refused_as(load_public(pem), words)) << what << ", as a public key";
}

TEST(Pem, OfAPrivateKeyIsAcceptedInEveryFormThatOpensslWrites) {
  EXPECT_TRUE(accepted(load_private(rsa().pkcs8_pem()), Algorithm::rs256, true));
  EXPECT_TRUE(accepted(load_private(rsa().traditional_pem()), Algorithm::rs256, true));
  EXPECT_TRUE(accepted(load_private(ec().pkcs8_pem()), Algorithm::es256, true));
  EXPECT_TRUE(accepted(load_private(ec().traditional_pem()), Algorithm::es256, true));
  EXPECT_TRUE(rsa().pkcs8_pem().starts_with("-----BEGIN PRIVATE KEY-----"));
  EXPECT_TRUE(rsa().traditional_pem().starts_with("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_TRUE(ec().traditional_pem().starts_with("-----BEGIN EC PRIVATE KEY-----"));
}

TEST(Pem, OfAPublicKeyIsAcceptedInEveryFormThatOpensslWrites) {
  EXPECT_TRUE(accepted(load_public(rsa().public_pem()), Algorithm::rs256, false));
  EXPECT_TRUE(accepted(load_public(rsa().rsa_public_pem()), Algorithm::rs256, false));
  EXPECT_TRUE(accepted(load_public(ec().public_pem()), Algorithm::es256, false));
  EXPECT_TRUE(rsa().rsa_public_pem().starts_with("-----BEGIN RSA PUBLIC KEY-----"));
}

TEST(Pem, MayBeginWithTheParametersOfAnEcKey) {
  EXPECT_TRUE(accepted(load_private(ec_parameters() + ec().traditional_pem()), Algorithm::es256, true));
  EXPECT_TRUE(accepted(load_private("\n" + ec_parameters() + "\n\n" + ec().traditional_pem()), Algorithm::es256, true));
}

TEST(Pem, MayNotBeginWithOtherParameters) {
  const std::string key = ec().traditional_pem();
  const std::string other = pem_of("EC PARAMETERS", test::from_hex("06052b81040022"));  // P-384
  const std::string explicit_ones = pem_of("EC PARAMETERS", test::from_hex("3003020101"));
  EXPECT_TRUE(refused_as(load_private(other + key), "not on the curve P-256"));
  EXPECT_TRUE(refused_as(load_private(explicit_ones + key), "explicit curve parameters"));
  EXPECT_TRUE(refused_as(load_private(pem_of("EC PARAMETERS", "") + key), "malformed"));
  EXPECT_TRUE(
      refused_as(load_private(pem_of("EC PARAMETERS", test::from_hex("06082a8648ce3d0301070500")) + key), "malformed"));
  EXPECT_TRUE(
      refused_as(load_private("-----BEGIN EC PARAMETERS-----\n?\n-----END EC PARAMETERS-----\n" + key), "base64"));
  EXPECT_TRUE(accepted(load_private(key), Algorithm::es256, true));
}

TEST(Pem, HasParametersBeforeTheKeyThatNeedsThemOnly) {
  const std::string parameters = ec_parameters();
  EXPECT_TRUE(refused_as(load_private(parameters), "no key"));
  EXPECT_TRUE(refused_as(load_public(parameters), "no key"));
  EXPECT_TRUE(refused_as(load_private(parameters + parameters + ec().traditional_pem()), "EC PRIVATE KEY only"));
  EXPECT_TRUE(refused_as(load_private(parameters + ec().pkcs8_pem()), "EC PRIVATE KEY only"));
  EXPECT_TRUE(refused_as(load_private(parameters + rsa().traditional_pem()), "EC PRIVATE KEY only"));
  EXPECT_TRUE(refused_as(load_public(parameters + ec().public_pem()), "EC PRIVATE KEY only"));
  EXPECT_TRUE(refused_as(load_private(ec().traditional_pem() + parameters), "several PEM blocks"));
}

TEST(Pem, OfAPublicKeyDoesNotSign) {
  const std::string_view words = "this is a public key; a private key is needed to sign";
  EXPECT_TRUE(refused_as(load_private(rsa().public_pem()), words));
  EXPECT_TRUE(refused_as(load_private(rsa().rsa_public_pem()), words));
  EXPECT_TRUE(refused_as(load_private(ec().public_pem()), words));
}

TEST(Pem, OfAPrivateKeyIsNoPublicKey) {
  const std::string_view words = "this is a private key; where tokens are only checked, its public key is enough";
  EXPECT_TRUE(refused_as(load_public(rsa().pkcs8_pem()), words));
  EXPECT_TRUE(refused_as(load_public(rsa().traditional_pem()), words));
  EXPECT_TRUE(refused_as(load_public(ec().pkcs8_pem()), words));
  EXPECT_TRUE(refused_as(load_public(ec().traditional_pem()), words));
  EXPECT_TRUE(refused_as(load_public(ec_parameters() + ec().traditional_pem()), words));
}

TEST(Pem, MayHaveWhiteSpaceAroundItAndInIt) {
  const std::string pem = ec().public_pem();
  for (const std::string& good : {
           "\n\n  \t" + pem,
           pem + "\r\n \t\v\f\n",
           pem.substr(0, pem.size() - 1),
           replaced(pem, "KEY-----\n", "KEY-----\r\n"),
           replaced(pem, "KEY-----\n", "KEY-----\n\n"),
           replaced(pem, "\n-----END", " \n\t-----END"),
           "-----BEGIN PUBLIC KEY-----" + test::base64_lines(ec().public_der(), 10000) + "-----END PUBLIC KEY-----",
           "-----BEGIN PUBLIC KEY----- " + test::base64_lines(ec().public_der(), 7) + " -----END PUBLIC KEY-----",
       }) {
    EXPECT_TRUE(accepted(load_public(good), Algorithm::es256, false)) << good;
  }
  std::string windows = pem;
  for (size_t at = 0; (at = windows.find('\n', at)) != std::string::npos; at += 2) windows.insert(at, "\r");
  EXPECT_TRUE(accepted(load_public(windows), Algorithm::es256, false));
}

TEST(Pem, StandsAlone) {
  for (const std::string& pem : {ec().public_pem(), ec().traditional_pem(), rsa().pkcs8_pem()}) {
    expect_refused("x" + pem, "text before", "a letter before it");
    expect_refused("# our key\n" + pem, "text before", "a comment before it");
    expect_refused("Bag Attributes\n    localKeyID: 01\n" + pem, "text before", "what openssl pkcs12 writes");
    expect_refused("-" + pem, "text before", "a dash too many");
    expect_refused(pem + "x", "text behind", "a letter behind it");
    expect_refused(pem + "-----BEGIN", "text behind", "the beginning of another block");
    expect_refused(pem + "-----END PUBLIC KEY-----\n", "text behind", "a last line too many");
    expect_refused(pem + pem, "several PEM blocks", "twice");
    expect_refused(pem + rsa().public_pem(), "several PEM blocks", "another key behind it");
    expect_refused(pem + pem_of("CERTIFICATE", rsa().certificate_der()), "several PEM blocks",
                   "a certificate behind it");
  }
  EXPECT_TRUE(accepted(load_public(ec().public_pem()), Algorithm::es256, false));
}

TEST(Pem, HasAJunkBlockNeitherBeforeNorBehindIt) {
  const std::string junk = "-----BEGIN COMMENT-----\nbm90aGluZw==\n-----END COMMENT-----\n";
  expect_refused(junk + ec().public_pem(), "no key of a known kind", "before");
  expect_refused(ec().public_pem() + junk, "several PEM blocks", "behind");
  expect_refused(junk, "no key of a known kind", "alone");
}

TEST(Pem, IsPrintableAsciiThroughout) {
  const std::string pem = ec().public_pem();
  const std::string_view words = "neither printable ASCII nor white space";
  const std::string nul(1, '\0');
  expect_refused(nul + pem, words, "a NUL before it");
  expect_refused(pem + nul, words, "a NUL behind it");
  expect_refused(replaced(pem, "MFk", "MF" + nul + "k"), words, "a NUL inside its base64");
  expect_refused(replaced(pem, "\nMFk", nul + "MFk"), words, "a NUL for a line break");
  expect_refused(replaced(pem, "PUBLIC KEY", "PUBLIC" + nul + "KEY"), words, "a NUL in its label");
  expect_refused("\xef\xbb\xbf" + pem, words, "a byte order mark");
  expect_refused("\xe2\x80\x8b" + pem, words, "a zero-width space");
  expect_refused(replaced(pem, "MFk", "MF\xc2\xa0k"), words, "a no-break space");
  expect_refused(replaced(pem, "MFk", "MF\x1bk"), words, "an escape");
  expect_refused(replaced(pem, "MFk", "MF\x7fk"), words, "a delete");
  EXPECT_TRUE(accepted(load_public(pem), Algorithm::es256, false));
}

TEST(Pem, HasRealLineBreaks) {
  std::string pem = ec().public_pem();
  for (size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2) pem.replace(at, 1, "\\n");
  expect_refused(pem, "a backslash and an n", "line breaks as an environment variable has them");
}

TEST(Pem, HasOneLabelFromItsFirstLineToItsLast) {
  const std::string pem = ec().public_pem();
  const std::string_view words = "no last line that fits";
  expect_refused(replaced(pem, "END PUBLIC KEY", "END PRIVATE KEY"), words, "another label");
  expect_refused(replaced(pem, "-----END PUBLIC KEY-----", ""), words, "no last line");
  expect_refused(replaced(pem, "END PUBLIC KEY-----", "END PUBLIC KEY----"), words, "a dash too few");
  expect_refused(replaced(pem, "END PUBLIC KEY", "END  PUBLIC KEY"), words, "a space too many");
  expect_refused(pem.substr(0, 40), words, "cut off in its base64");
  expect_refused("-----BEGIN PUBLIC KEY", "cut off in its first line", "cut off in its label");
  expect_refused(replaced(pem, "BEGIN PUBLIC KEY-----\n", "BEGIN PUBLIC KEY\n"), words, "no dashes behind its label");
}

TEST(Pem, OfAnUnknownLabelIsRefused) {
  const std::string der = ec().public_der();
  for (const char* label : {"public key", "PUBLIC  KEY", "EC PUBLIC KEY", "ANY PRIVATE KEY", "PUBLIC KEY ", "", "KEY",
                            "PGP PUBLIC KEY BLOCK", "X", "PUBLIC KEY\n"}) {
    expect_refused(pem_of(label, der), "no key of a known kind", label);
  }
}

TEST(Pem, ThatIsEmptyOrNotThereIsRefused) {
  for (const char* empty : {"", " ", "\n", "\r\n\t \v\f"}) {
    expect_refused(empty, "the PEM is empty", "white space only");
  }
  for (const char* none : {"-----BEGIN", "-----BEGIN-----", "-----END PUBLIC KEY-----", "undefined", "hunter2",
                           "PUBLIC KEY", "/etc/keys/public.pem"}) {
    expect_refused(none, "there is no PEM block", none);
  }
  EXPECT_TRUE(refused_as(load_public("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"), "malformed"));
}

TEST(Pem, OfAnEncryptedKeyIsRefusedAtOnceAndAsksNobody) {
  const std::string_view words = "the private key is encrypted";
  expect_refused(rsa().encrypted_pem("passphrase"), words, "PKCS #8");
  expect_refused(ec().encrypted_pem("passphrase"), words, "PKCS #8 of an EC key");
  expect_refused(rsa().traditional_encrypted_pem("passphrase"), words, "PKCS #1");
  expect_refused(ec().traditional_encrypted_pem("passphrase"), words, "SEC 1");
  expect_refused(ec_parameters() + ec().traditional_encrypted_pem("passphrase"), words, "behind parameters");
  ASSERT_NE(rsa().traditional_encrypted_pem("passphrase").find("Proc-Type: 4,ENCRYPTED"), std::string::npos);
  // An empty passphrase is one, too.
  expect_refused(rsa().encrypted_pem(""), words, "an empty passphrase");
}

TEST(Pem, OfAnEncryptedKeyUnderAnotherLabelIsRefused) {
  const std::string encrypted = rsa().encrypted_pem("passphrase");
  std::string disguised = replaced(encrypted, "BEGIN ENCRYPTED PRIVATE", "BEGIN PRIVATE");
  disguised = replaced(disguised, "END ENCRYPTED PRIVATE", "END PRIVATE");
  EXPECT_TRUE(refused_as(load_private(disguised), "malformed"));
}

TEST(Pem, HasNoHeaderLines) {
  const std::string pem = replaced(ec().public_pem(), "KEY-----\n", "KEY-----\nComment: our key\n\n");
  EXPECT_TRUE(refused_as(load_public(pem), "header lines"));
}

TEST(Pem, OfACertificateIsRefused) {
  const std::string der = rsa().certificate_der();
  for (const char* label : {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}) {
    expect_refused(pem_of(label, der), "this is a certificate", label);
  }
  expect_refused(pem_of("CERTIFICATE", der) + rsa().public_pem(), "this is a certificate", "before its key");
  expect_refused(pem_of("CERTIFICATE REQUEST", der), "certificate request", "a request");
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", der)), "malformed")) << "under the label of a key";
}

TEST(Pem, IsNoSshKey) {
  expect_refused(pem_of("OPENSSH PRIVATE KEY", "openssh-key-v1"), "a private key of OpenSSH", "a private key");
  expect_refused("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 alice@example", "an SSH public key", "RSA");
  expect_refused("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY alice@example", "an SSH public key", "ECDSA");
  expect_refused("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", "an SSH public key",
                 "RFC 4716");
}

TEST(Pem, IsNoDer) {
  expect_refused(ec().public_der(), "a key in DER", "an EC public key");
  expect_refused(rsa().public_der(), "a key in DER", "an RSA public key");
  expect_refused(rsa().pkcs8_der(), "a key in DER", "a private key");
  expect_refused(rsa().traditional_der(), "a key in DER", "an RSA private key");
  expect_refused(test::base64_lines(ec().public_der()), "a key in DER", "base64 without its two lines");
}

TEST(Pem, IsNoJwk) {
  expect_refused(test::ClientKey().jwk(), "JWK", "a JWK");
  expect_refused("{\"keys\":[" + test::ClientKey().jwk() + "]}", "JWK", "a JWK set");
  // A PEM inside JSON is none.
  expect_refused("{\"key\":\"" + ec().public_pem() + "\"}", "text before", "a PEM in JSON");
}

TEST(Pem, EndsAt32768Bytes) {
  const std::string pem = ec().public_pem();
  const std::string padded = pem + std::string(kMaxPemSize - pem.size(), ' ');
  EXPECT_TRUE(accepted(load_public(padded), Algorithm::es256, false));
  expect_refused(padded + ' ', "over 32768 bytes", "one byte more");
  expect_refused(std::string(10 << 20, '\n') + pem, "over 32768 bytes", "ten megabytes");
  expect_refused(repeated(pem, 200), "over 32768 bytes", "many blocks");
}

TEST(Pem, IsBase64InItsCanonicalForm) {
  const std::string der = ec().public_der();
  const std::string pem = pem_of("PUBLIC KEY", der);
  ASSERT_EQ(pem, ec().public_pem());
  ASSERT_NE(pem.find("==\n"), std::string::npos);
  const std::string_view words = "not base64";
  const size_t at = pem.find("==\n") - 1;
  std::string other_bits = pem;
  // The last character carries two bits of the last byte; the others must be zero.
  other_bits[at] = static_cast<char>(other_bits[at] + 1);
  EXPECT_TRUE(refused_as(load_public(other_bits), words)) << "unused bits";
  EXPECT_TRUE(refused_as(load_public(replaced(pem, "==\n", "=\n")), words)) << "a padding too few";
  EXPECT_TRUE(refused_as(load_public(replaced(pem, "==\n", "\n")), words)) << "no padding";
  EXPECT_TRUE(refused_as(load_public(replaced(pem, "==\n", "===\n")), words)) << "a padding too many";
  EXPECT_TRUE(refused_as(load_public(replaced(pem, "==\n", "==\nAAAA\n")), words)) << "more behind the padding";
  for (const char* bad : {"-", "_", "!", "*", "\"", "=", "."}) {
    EXPECT_TRUE(refused_as(load_public(replaced(pem, "MFkw", std::string("MFk") + bad)), words)) << bad;
  }
  EXPECT_TRUE(accepted(load_public(pem), Algorithm::es256, false));
}

// Whatever is cut off or changed: refused or a key, and never more than that.
TEST(Pem, CutOffAnywhereIsRefused) {
  const std::string pem = ec().traditional_pem();
  const size_t whole = pem.size() - 1;  // the last line break is no part of it
  for (size_t size = 0; size < whole; ++size) {
    EXPECT_FALSE(load_private(pem.substr(0, size))) << size;
  }
  EXPECT_TRUE(load_private(pem.substr(0, whole)));
}

TEST(Pem, NeedsAnEncryptionSecretBesideIt) {
  for (const ShortSecret short_secret : {ShortSecret::refuse, ShortSecret::insecurely_accept}) {
    EXPECT_TRUE(
        refused_as(TokenKey::from_private_pem(ec().pkcs8_pem(), "", short_secret), "needs an encryption secret"));
    EXPECT_TRUE(
        refused_as(TokenKey::from_public_pem(ec().public_pem(), "", short_secret), "needs an encryption secret"));
  }
}

TEST(Pem, HasAnEncryptionSecretThatIsFitToBeOne) {
  const std::string pem = ec().pkcs8_pem();
  const std::string public_pem = ec().public_pem();
  const auto with = [&](std::string_view secret, ShortSecret short_secret) {
    const Status status = test::status_of(TokenKey::from_private_pem(pem, secret, short_secret));
    EXPECT_EQ(test::status_of(TokenKey::from_public_pem(public_pem, secret, short_secret)), status);
    return status;
  };
  EXPECT_EQ(with(test::kEncryptionSecret.substr(0, 32), ShortSecret::refuse), Status::ok);
  EXPECT_EQ(with(test::kEncryptionSecret.substr(0, 31), ShortSecret::refuse), Status::secret_too_short);
  EXPECT_EQ(with(test::kEncryptionSecret.substr(0, 31), ShortSecret::insecurely_accept), Status::ok);
  EXPECT_EQ(with(std::string(32, 'a'), ShortSecret::refuse), Status::key);
  EXPECT_EQ(with(pem, ShortSecret::refuse), Status::key) << "the key itself";
  EXPECT_EQ(with(public_pem, ShortSecret::insecurely_accept), Status::key) << "what everybody knows";
}

TEST(Pem, RefusalsSayWhyWithoutAByteOfTheKey) {
  const std::string pem = replaced(ec().public_pem(), "MFkw", "hunter2!");
  const auto result = load_public(pem);
  ASSERT_FALSE(result);
  ASSERT_NE(result.error().detail, nullptr);
  EXPECT_EQ(std::string_view(result.error().detail).find("hunter2"), std::string_view::npos);
}

TEST(Pem, LeavesNoErrorBehindInOpenssl) {
  ERR_clear_error();
  load_private("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").ok();
  load_private(rsa().pkcs8_pem()).ok();
  load_public(ec().public_pem()).ok();
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace swt
