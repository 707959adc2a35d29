#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "crypto/token_key.h"
#include "support/outcome.h"
#include "support/text.h"
#include "support/token_maker.h"

namespace swt {
namespace {

using test::kEncryptionSecret;
using test::kOtherSecret;
using test::kSecret;
using test::status_of;

std::shared_ptr<const TokenKey> key_of(std::string_view secret, std::string_view encryption_secret = "") {
  return *TokenKey::from_secret(secret, encryption_secret, ShortSecret::refuse);
}

MutableBytes writable(std::string& text) { return {reinterpret_cast<uint8_t*>(text.data()), text.size()}; }

std::string sign(const TokenKey& key, std::string_view text) {
  std::string signature(key.max_signature_size(), '\0');
  EXPECT_EQ(status_of(key.sign(as_bytes(text), writable(signature))), Status::ok);
  return signature;
}

Status check(const TokenKey& key, std::string_view text, std::string_view signature) {
  return status_of(key.check_signature(as_bytes(text), as_bytes(signature)));
}

std::string seal(const TokenKey& key, std::string_view plaintext) {
  std::string sealed(plaintext.size() + kSealOverhead, '\0');
  EXPECT_EQ(status_of(key.seal(as_bytes(plaintext), writable(sealed))), Status::ok);
  return sealed;
}

struct Opened {
  Status status;
  std::string plaintext;
};

Opened open(const TokenKey& key, std::string_view sealed) {
  std::string plaintext(sealed.size() - kSealOverhead, '#');
  const Status status = status_of(key.open(as_bytes(sealed), writable(plaintext)));
  return {status, plaintext};
}

TEST(TokenKey, SignsWithHmacSha256KeyedByTheSecret) {
  const auto key = key_of(kSecret, kEncryptionSecret);
  for (const std::string_view text : {"", "a", "header.payload"}) {
    EXPECT_EQ(sign(*key, text), test::hmac_sha256(kSecret, text)) << text;
  }
  const std::string long_text = test::random_text(10000);
  EXPECT_EQ(sign(*key, long_text), test::hmac_sha256(kSecret, long_text));
}

TEST(TokenKey, SignsWithSecretsLongerThanABlockOfSha256) {
  const std::string secret = test::random_text(200);
  EXPECT_EQ(sign(*key_of(secret), "header.payload"), test::hmac_sha256(secret, "header.payload"));
}

TEST(TokenKey, AcceptsItsOwnSignatureAndAnIndependentOne) {
  const auto key = key_of(kSecret);
  EXPECT_EQ(check(*key, "header.payload", sign(*key, "header.payload")), Status::ok);
  EXPECT_EQ(check(*key, "header.payload", test::hmac_sha256(kSecret, "header.payload")), Status::ok);
}

TEST(TokenKey, RefusesASignatureWithAnyBitFlipped) {
  const auto key = key_of(kSecret);
  const std::string good = sign(*key, "header.payload");
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(check(*key, "header.payload", bad), Status::token_authentication) << bit;
  }
}

TEST(TokenKey, RefusesASignatureOfAnotherLength) {
  const auto key = key_of(kSecret);
  const std::string good = sign(*key, "header.payload");
  for (const size_t size : {0, 1, 16, 31}) {
    EXPECT_EQ(check(*key, "header.payload", good.substr(0, size)), Status::token_authentication) << size;
  }
  EXPECT_EQ(check(*key, "header.payload", good + '\0'), Status::token_authentication);
  EXPECT_EQ(check(*key, "header.payload", good + good), Status::token_authentication);
  EXPECT_EQ(check(*key, "header.payload", good), Status::ok);
}

TEST(TokenKey, RefusesASignatureOverAnotherTextOrByAnotherSecret) {
  const auto key = key_of(kSecret);
  const std::string signature = sign(*key, "header.payload");
  EXPECT_EQ(check(*key, "header.payloae", signature), Status::token_authentication);
  EXPECT_EQ(check(*key, "header.payload.", signature), Status::token_authentication);
  EXPECT_EQ(check(*key, "", signature), Status::token_authentication);
  EXPECT_EQ(check(*key_of(kOtherSecret), "header.payload", signature), Status::token_authentication);
}

TEST(TokenKey, SignsWithTheSecretAndNotWithTheEncryptionSecret) {
  EXPECT_EQ(sign(*key_of(kSecret, kEncryptionSecret), "text"), sign(*key_of(kSecret, kOtherSecret), "text"));
  EXPECT_NE(sign(*key_of(kSecret, kEncryptionSecret), "text"), sign(*key_of(kOtherSecret, kEncryptionSecret), "text"));
}

TEST(TokenKey, OpensWhatItHasSealed) {
  const auto key = key_of(kSecret, kEncryptionSecret);
  for (const size_t size : {0, 1, 15, 16, 17, 100, 8192}) {
    const std::string plaintext = test::random_text(size);
    const auto [status, opened] = open(*key, seal(*key, plaintext));
    EXPECT_EQ(status, Status::ok) << size;
    EXPECT_EQ(opened, plaintext) << size;
  }
}

TEST(TokenKey, SealsWithAes256GcmKeyedByTheHashOfTheEncryptionSecret) {
  const auto key = key_of(kSecret, kEncryptionSecret);
  const std::string sealed = seal(*key, "a payload");
  const std::string iv = sealed.substr(0, kIvSize);
  EXPECT_EQ(sealed, test::aes_256_gcm_seal(test::sha256_of(kEncryptionSecret), iv, "a payload"));
  EXPECT_EQ(
      open(*key, test::aes_256_gcm_seal(test::sha256_of(kEncryptionSecret), test::random_text(12), "hello")).plaintext,
      "hello");
}

TEST(TokenKey, SealsWithTheHashOfTheOneSecretWhereThereIsNoOther) {
  const std::string sealed = test::aes_256_gcm_seal(test::sha256_of(kSecret), test::random_text(12), "hello");
  EXPECT_EQ(open(*key_of(kSecret), sealed).plaintext, "hello");
  EXPECT_EQ(open(*key_of(kSecret, kEncryptionSecret), sealed).status, Status::token_authentication);
}

TEST(TokenKey, RefusesASealedTextWithAnyBitFlipped) {
  const auto key = key_of(kSecret);
  const std::string good = seal(*key, "attack at dawn");
  ASSERT_EQ(open(*key, good).status, Status::ok);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(open(*key, bad).status, Status::token_authentication) << bit;
  }
}

TEST(TokenKey, GivesNoByteOfWhatItRefusesToOpen) {
  const auto key = key_of(kSecret);
  std::string sealed = seal(*key, "attack at dawn");
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  const auto [status, plaintext] = open(*key, sealed);
  EXPECT_EQ(status, Status::token_authentication);
  EXPECT_EQ(plaintext, std::string(14, '\0'));
}

TEST(TokenKey, RefusesASealedTextThatWasCutOrLengthened) {
  const auto key = key_of(kSecret);
  const std::string good = seal(*key, "attack at dawn");
  for (size_t size = kSealOverhead; size < good.size(); ++size) {
    EXPECT_EQ(open(*key, good.substr(0, size)).status, Status::token_authentication) << size;
  }
  EXPECT_EQ(open(*key, good + 'x').status, Status::token_authentication);
}

TEST(TokenKey, RefusesASealedTextTooShortForItsIvAndTag) {
  const auto key = key_of(kSecret);
  for (size_t size = 0; size < kSealOverhead; ++size) {
    std::string out(64, '#');
    EXPECT_EQ(status_of(key->open(as_bytes(std::string(size, 'x')), writable(out))), Status::token_malformed) << size;
  }
}

TEST(TokenKey, ChecksTheSizeOfItsOutputs) {
  const auto key = key_of(kSecret);
  const std::string sealed = seal(*key, "text");
  std::string short_by_one(3, '#');
  std::string long_by_one(5, '#');
  EXPECT_EQ(status_of(key->open(as_bytes(sealed), writable(short_by_one))), Status::internal_bug);
  EXPECT_EQ(status_of(key->open(as_bytes(sealed), writable(long_by_one))), Status::internal_bug);
  EXPECT_EQ(status_of(key->seal(as_bytes("text"), writable(long_by_one))), Status::internal_bug);
  EXPECT_EQ(status_of(key->sign(as_bytes("text"), writable(short_by_one))), Status::internal_crypto);
}

TEST(TokenKey, DoesNotOpenWhatAnotherKeyHasSealed) {
  EXPECT_EQ(open(*key_of(kOtherSecret), seal(*key_of(kSecret), "text")).status, Status::token_authentication);
}

TEST(TokenKey, NeverSealsTwiceUnderOneIv) {
  const auto key = key_of(kSecret);
  std::set<std::string> ivs;
  for (int i = 0; i < 20000; ++i) ivs.insert(seal(*key, "same").substr(0, kIvSize));
  EXPECT_EQ(ivs.size(), 20000u);
}

TEST(TokenKey, NamesItsAlgorithm) { EXPECT_EQ(key_of(kSecret)->algorithm(), Algorithm::hs256); }

TEST(TokenKey, WorksForManyThreadsAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 300;
  const auto key = key_of(kSecret, kEncryptionSecret);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round) {
        const std::string text = "thread " + std::to_string(thread) + " round " + std::to_string(round);
        std::string signature(32, '\0');
        std::string sealed(text.size() + kSealOverhead, '\0');
        std::string opened(text.size(), '\0');
        const bool is_right =
            key->sign(as_bytes(text), writable(signature)) && signature == test::hmac_sha256(kSecret, text) &&
            key->check_signature(as_bytes(text), as_bytes(signature)) && key->seal(as_bytes(text), writable(sealed)) &&
            key->open(as_bytes(sealed), writable(opened)) && opened == text;
        if (!is_right) ++wrong;
        sealed.back() = static_cast<char>(sealed.back() ^ 1);
        signature[0] = static_cast<char>(signature[0] ^ 1);
        if (key->open(as_bytes(sealed), writable(opened))) ++wrong;
        if (key->check_signature(as_bytes(text), as_bytes(signature))) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace swt
