// Which texts may become a key. What looks like no secret is refused before anything is signed with it.
#include <gtest/gtest.h>

#include <string>

#include "crypto/token_key.h"
#include "support/client_key.h"
#include "support/key_pair.h"
#include "support/outcome.h"
#include "support/text.h"
#include "support/token_maker.h"

namespace swt {
namespace {

using test::kSecret;
using test::repeated;
using test::status_of;

Status as_secret(std::string_view secret, ShortSecret short_secret = ShortSecret::refuse) {
  return status_of(TokenKey::from_secret(secret, "", short_secret));
}

Status as_encryption_secret(std::string_view secret) {
  return status_of(TokenKey::from_secret(kSecret, secret, ShortSecret::refuse));
}

void expect_refused(std::string_view secret, const char* what) {
  EXPECT_EQ(as_secret(secret), Status::key) << what;
  EXPECT_EQ(as_secret(secret, ShortSecret::insecurely_accept), Status::key) << what << ", short ones accepted";
  EXPECT_EQ(as_encryption_secret(secret), Status::key) << what << ", as the encryption secret";
}

TEST(Secret, IsAcceptedInTheFormsThatSecretsHave) {
  EXPECT_EQ(as_secret("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"), Status::ok) << "hex";
  EXPECT_EQ(as_secret("0sW+nkqxpPCde+Cgw6H0epb0uG4MfVsfaj6MnQJBe1U="), Status::ok) << "base64";
  EXPECT_EQ(as_secret("correct horse battery staple, and then some"), Status::ok) << "words";
  EXPECT_EQ(as_secret("vK3-9rTq_Lm2.Xz8+Bn5~Wc7!Hd4-Pf6"), Status::ok) << "32 characters";
  EXPECT_EQ(as_secret(test::random_text(32)), Status::ok) << "random bytes";
  EXPECT_EQ(as_secret("gr\xc3\xbc\xc3\x9f " + std::string(kSecret)), Status::ok) << "no ASCII";
}

TEST(Secret, MayHoldANulByte) {
  std::string bytes = test::random_text(32);
  bytes[0] = bytes[15] = '\0';
  EXPECT_EQ(as_secret(bytes), Status::ok);
}

TEST(Secret, ThatIsEmptyIsRefused) {
  EXPECT_EQ(as_secret(""), Status::key);
  EXPECT_EQ(as_secret("", ShortSecret::insecurely_accept), Status::key);
  EXPECT_EQ(status_of(TokenKey::from_secret("", kSecret, ShortSecret::insecurely_accept)), Status::key)
      << "a good encryption secret makes up for nothing";
}

TEST(Secret, HasAtLeast32Bytes) {
  const std::string_view secret = kSecret.substr(0, 32);
  EXPECT_EQ(as_secret(secret), Status::ok);
  EXPECT_EQ(as_secret(secret.substr(0, 31)), Status::secret_too_short);
  EXPECT_EQ(as_secret("x"), Status::secret_too_short);
  EXPECT_EQ(as_encryption_secret(secret), Status::ok);
  EXPECT_EQ(as_encryption_secret(secret.substr(0, 31)), Status::secret_too_short);
}

TEST(Secret, MayBeShortWhereTheCallerSaysSo) {
  EXPECT_EQ(as_secret(kSecret.substr(0, 31), ShortSecret::insecurely_accept), Status::ok);
  EXPECT_EQ(as_secret("x", ShortSecret::insecurely_accept), Status::ok);
}

TEST(Secret, EndsAt65536Bytes) {
  EXPECT_EQ(as_secret(test::random_text(65536)), Status::ok);
  EXPECT_EQ(as_secret(test::random_text(65537)), Status::key);
}

TEST(Secret, ThatHoldsAPemAnywhereIsRefused) {
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";
  expect_refused(pem, "a PEM");
  expect_refused(" " + pem, "a space before it");
  expect_refused("\n\n\t" + pem, "white space before it");
  expect_refused("\xef\xbb\xbf" + pem, "a byte order mark before it");
  expect_refused("\xe2\x80\x8b" + pem, "a zero-width space before it");
  expect_refused(std::string(1, '\0') + pem, "a NUL before it");
  expect_refused("# our key\n" + pem, "a comment before it");
  expect_refused(std::string(60000, 'x') + pem, "a long text before it");
  expect_refused("-----BEGIN COMMENT-----\nnothing to see here, move along\n", "some other block");
  expect_refused("-----BEGIN RSA PRIVATE KEY-----", "the first line alone");
  expect_refused("-----BEGIN", "the marker alone");
  expect_refused(pem.substr(pem.find('\n')), "without its first line");
  expect_refused("LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemow", "in base64");
  expect_refused("\n LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemow", "in base64, behind white space");
}

TEST(Secret, MayHoldDashes) {
  EXPECT_EQ(as_secret("-----begin-----" + std::string(kSecret)), Status::ok);
  EXPECT_EQ(as_secret("-----" + std::string(kSecret) + "-----BEGI"), Status::ok);
  EXPECT_EQ(as_secret("-----" + std::string(kSecret) + "-----EN"), Status::ok);
  EXPECT_EQ(as_secret("LS0tLS1" + std::string(kSecret)), Status::ok);  // "-----" in base64
}

TEST(Secret, ThatIsAnSshKeyIsRefused) {
  expect_refused("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 alice@example", "RSA");
  expect_refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3 alice@example", "Ed25519");
  expect_refused("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY alice@example", "ECDSA");
  expect_refused("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2g alice@example", "on a token");
  expect_refused("\n ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 alice@example", "behind white space");
  expect_refused("---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAABgQC7\n", "RFC 4716");
}

TEST(Secret, ThatIsAJwkIsRefused) {
  const std::string jwk = test::ClientKey().jwk();
  expect_refused(jwk, "a JWK");
  expect_refused("{\"keys\":[" + jwk + "]}", "a JWK set");
  expect_refused("[" + jwk + "]", "a list of them");
  expect_refused("{\n  \"use\": \"sig\",\n  \"kty\": \"RSA\",\n  \"n\": \"0vx7agoebGcQSuu\", \"e\": \"AQAB\" }\n",
                 "indented");
  expect_refused(" " + jwk, "a space before it");
  expect_refused("\n" + jwk, "a line break before it");
  expect_refused("\xef\xbb\xbf" + jwk, "a byte order mark before it");
}

// Every public key is known to everybody, however its text was mangled on the way into a setting.
TEST(Secret, ThatIsAJwkInJsonThatIsNotQuiteStrictIsRefused) {
  const std::string jwk = test::ClientKey().jwk();
  expect_refused(jwk + '\0', "a NUL behind it");
  expect_refused(jwk + ';', "a semicolon behind it");
  expect_refused(test::replaced(jwk, "}", ",}"), "a comma too many");
  expect_refused(test::replaced(jwk, "}", R"(,"kty":"EC"})"), "a member twice");
}

TEST(Secret, ThatIsOtherJsonIsRefused) {
  expect_refused(R"({"a":"d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f"})", "an object");
  EXPECT_EQ(as_secret("{d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f}"), Status::ok) << "only in braces";
}

TEST(Secret, ThatIsAKeyOrACertificateInDerIsRefused) {
  expect_refused(test::ClientKey().public_der(), "an EC public key");
  const test::KeyPair rsa = test::KeyPair::rsa();
  expect_refused(rsa.public_der(), "an RSA public key");
  expect_refused(rsa.traditional_der(), "a private key");
  expect_refused(rsa.pkcs8_der(), "a private key as PKCS #8 writes it");
  expect_refused(rsa.rsa_public_der(), "an RSA public key as PKCS #1 writes it");
  expect_refused(rsa.certificate_der(), "a certificate");
}

TEST(Secret, ThatIsAKeyOrACertificateInBareBase64IsRefused) {
  const test::KeyPair rsa = test::KeyPair::rsa();
  expect_refused(test::base64_lines(test::ClientKey().public_der()), "an EC public key");
  expect_refused(test::base64_lines(rsa.public_der()), "an RSA public key");
  expect_refused("  " + test::base64_lines(rsa.public_der(), 10000), "in one line");
  expect_refused(test::base64_lines(rsa.certificate_der()), "a certificate, as it stands in a JWK");
  EXPECT_EQ(as_secret("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"), Status::ok) << "only the beginning of one";
  EXPECT_EQ(as_secret("M" + test::base64_lines(test::random_text(32), 64)), Status::ok);
}

// A text may begin like a DER structure by accident: a digit zero is the byte of a SEQUENCE.
// Of so many secrets of random bytes one begins like DER: a SEQUENCE of the right length, with something inside.
TEST(Secret, MayLookLikeTheBeginningOfDer) {
  for (const size_t size : {32, 48, 64}) {
    for (const char inside : {'\x02', '\x30'}) {
      std::string secret = test::random_text(size);
      secret[0] = '\x30';
      secret[1] = static_cast<char>(size - 2);
      secret[2] = inside;
      secret[3] = '\x05';
      secret[4] = '\x77';
      EXPECT_EQ(as_secret(secret), Status::ok) << size;
    }
  }
}

TEST(Secret, MayBeginWithAZero) {
  EXPECT_EQ(as_secret("0" + std::string(kSecret)), Status::ok);
  EXPECT_EQ(as_secret("0Y0" + std::string(kSecret)), Status::ok);
}

TEST(Secret, ThatRepeatsAShortPatternIsRefused) {
  EXPECT_EQ(as_secret(std::string(32, 'a')), Status::key);
  EXPECT_EQ(as_secret(std::string(64, '\0')), Status::key);
  EXPECT_EQ(as_secret(std::string(65536, 'x')), Status::key);
  EXPECT_EQ(as_secret(repeated("ab", 16)), Status::key);
  EXPECT_EQ(as_secret(repeated("abc", 11)), Status::key);
  EXPECT_EQ(as_secret(repeated("12345678", 4)), Status::key);
  EXPECT_EQ(as_secret(repeated("12345678", 4) + "1234"), Status::key) << "cut in the middle of its pattern";
  EXPECT_EQ(as_secret(repeated("12345678", 4) + "x"), Status::ok);
  EXPECT_EQ(as_secret(repeated("123456789", 4)), Status::ok);
  EXPECT_EQ(as_encryption_secret(std::string(32, 'a')), Status::key);
}

TEST(Secret, ThatBeginsAsAPlaceholderIsRefused) {
  for (const std::string_view text :
       {"changeme-0123456789abcdef0123456789", "change-me-in-production-please-do-it",
        "CHANGE_ME_CHANGE_ME_2024_________", "your-secret-key-goes-right-here-ok", "Your_Secret_Must_Be_32_Bytes_Long!",
        "placeholder-for-a-secret-of-32-bytes", "replace-me-before-you-go-to-production",
        "REPLACE_ME_WITH_OPENSSL_RAND_HEX_32", "your-256-bit-secret-your-256-bit-secret"}) {
    EXPECT_EQ(as_secret(text), Status::key) << text;
    EXPECT_EQ(as_encryption_secret(text), Status::key) << text;
  }
  EXPECT_EQ(as_secret("exchanged-my-bicycle-for-a-better-one"), Status::ok);
}

TEST(Secret, RefusalsSayWhyWithoutTheSecret) {
  for (const std::string_view secret :
       {"-----BEGIN hunter2-----", "{\"kty\":\"hunter2\"}", "hunter2hunter2hunter2hunter2hunter2",
        "changeme-hunter2-hunter2-hunter2-hunter2"}) {
    const auto key = TokenKey::from_secret(secret, "", ShortSecret::refuse);
    ASSERT_FALSE(key) << secret;
    ASSERT_NE(key.error().detail, nullptr);
    EXPECT_EQ(std::string_view(key.error().detail).find("hunter2"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace swt
