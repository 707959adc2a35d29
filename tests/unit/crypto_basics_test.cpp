// Hashes, random numbers, memory for secrets.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>

#include "base/ids.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/secure_bytes.h"
#include "crypto/versions.h"
#include "support/client_key.h"
#include "support/text.h"

namespace swt {
namespace {

TEST(Sha256, AgreesWithTheExamplesOfFips180) {
  Sha256 digest{};
  ASSERT_TRUE(sha256(as_bytes(""), digest));
  EXPECT_EQ(as_text(digest), test::from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  ASSERT_TRUE(sha256(as_bytes("abc"), digest));
  EXPECT_EQ(as_text(digest), test::from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  const std::string text = test::random_text(5000);
  ASSERT_TRUE(sha256(as_bytes(text), digest));
  EXPECT_EQ(as_text(digest), test::sha256_of(text));
}

TEST(RandomUuid, IsASessionIdOfVersion4) {
  for (int i = 0; i < 1000; ++i) {
    const auto uuid = random_uuid();
    ASSERT_TRUE(uuid);
    EXPECT_TRUE(is_session_id(*uuid)) << *uuid;
    EXPECT_EQ((*uuid)[14], '4') << *uuid;
    EXPECT_NE(std::string_view("89ab").find((*uuid)[19]), std::string_view::npos) << *uuid;
  }
}

TEST(RandomUuid, UsesEveryHexDigitInEveryFreePlace) {
  std::set<char> seen[36];
  for (int i = 0; i < 2000; ++i) {
    const auto uuid = random_uuid();
    for (size_t place = 0; place < 36; ++place) seen[place].insert((*uuid)[place]);
  }
  for (size_t place = 0; place < 36; ++place) {
    const bool is_hyphen = place == 8 || place == 13 || place == 18 || place == 23;
    const size_t wanted = is_hyphen || place == 14 ? 1 : place == 19 ? 4 : 16;
    EXPECT_EQ(seen[place].size(), wanted) << place;
  }
}

TEST(RandomId, Is22CharactersAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 5000; ++i) {
    const auto id = random_id();
    ASSERT_TRUE(id);
    EXPECT_EQ(id->size(), 22u);
    EXPECT_TRUE(is_token_id(*id));
    seen.insert(*id);
  }
  EXPECT_EQ(seen.size(), 5000u);
}

TEST(RandomBytes, FillTheirOutputToItsEnd) {
  EXPECT_TRUE(random_bytes({}));
  for (const size_t size : {1, 255, 256, 257, 512, 1000}) {
    std::string out(size, '\0');
    // Each byte is not zero within a few tries, or is never written.
    std::string seen(size, '\0');
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(random_bytes({reinterpret_cast<uint8_t*>(out.data()), out.size()}));
      for (size_t place = 0; place < size; ++place) seen[place] = static_cast<char>(seen[place] | out[place]);
    }
    EXPECT_EQ(seen.find('\0'), std::string::npos) << size;
  }
}

TEST(RandomBytes, DifferInAForkedChild) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  uint8_t warm_up[16];
  ASSERT_TRUE(random_bytes(warm_up));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  uint8_t own[32] = {};
  const bool is_drawn = random_bytes(own);
  if (child == 0) {
    const bool is_told = is_drawn && write(pipe_ends[1], own, sizeof(own)) == sizeof(own);
    _exit(is_told ? 0 : 1);
  }
  uint8_t theirs[32] = {};
  EXPECT_EQ(read(pipe_ends[0], theirs, sizeof(theirs)), static_cast<ssize_t>(sizeof(theirs)));
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  ASSERT_TRUE(is_drawn);
  EXPECT_EQ(status, 0);
  EXPECT_NE(as_text(own), as_text(theirs));
}

TEST(EqualInConstantTime, ComparesContentAndLength) {
  const auto equal = [](std::string_view a, std::string_view b) {
    return equal_in_constant_time(as_bytes(a), as_bytes(b));
  };
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("abc", "abc"));
  EXPECT_FALSE(equal("abc", "abd"));
  EXPECT_FALSE(equal("abc", "xbc"));
  EXPECT_FALSE(equal("abc", "ab"));
  EXPECT_FALSE(equal("ab", "abc"));
  EXPECT_FALSE(equal("", "a"));
  EXPECT_FALSE(equal("a", ""));
  EXPECT_FALSE(equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(SecureBytes, HoldACopyOfTheSecret) {
  std::string secret = "a secret text";
  const auto kept = SecureBytes::copy_of(as_bytes(secret));
  ASSERT_TRUE(kept);
  secret.assign(secret.size(), 'x');
  EXPECT_EQ(as_text(kept->bytes()), "a secret text");
}

TEST(SecureBytes, MayBeEmpty) {
  const auto kept = SecureBytes::copy_of({});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->bytes().size(), 0u);
}

TEST(Wipe, LeavesZeros) {
  std::string secret = "a secret text";
  wipe({reinterpret_cast<uint8_t*>(secret.data()), secret.size()});
  EXPECT_EQ(secret, std::string(13, '\0'));
}

TEST(CryptoVersions, NameBothLibraries) {
  EXPECT_NE(crypto_versions().find("OpenSSL"), std::string::npos);
  EXPECT_NE(crypto_versions().find("libsodium"), std::string::npos);
}

}  // namespace
}  // namespace swt
