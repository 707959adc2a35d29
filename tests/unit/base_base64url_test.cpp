#include <gtest/gtest.h>
#include <sodium.h>

#include <set>
#include <string>

#include "base/base64url.h"
#include "support/text.h"

namespace swt {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view text) { return base64url::encode(as_bytes(text)); }

TEST(Base64url, WritesAndReadsTheExamplesOfRfc4648WithoutTheirPadding) {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(encode(bytes), text);
    EXPECT_EQ(base64url::decode(text), std::string(bytes));
  }
}

TEST(Base64url, HasTheTwoLettersOfUrls) {
  EXPECT_EQ(encode("\xfb\xff\xbf"), "-_-_");
  EXPECT_EQ(base64url::decode("-_-_"), "\xfb\xff\xbf");
}

TEST(Base64url, RefusesTheTwoLettersOfPlainBase64) {
  EXPECT_EQ(base64url::decode("+/+/"), std::nullopt);
  EXPECT_EQ(base64url::decode("-_+_"), std::nullopt);
  EXPECT_EQ(base64url::decode("AA+A"), std::nullopt);
}

TEST(Base64url, GivesEveryByteStringOfEveryShortLengthBack) {
  for (size_t size = 0; size < 200; ++size) {
    const std::string bytes = test::random_text(size);
    const std::string text = encode(bytes);
    EXPECT_EQ(text.size(), base64url::encoded_size(size));
    EXPECT_EQ(base64url::decoded_size(text.size()), size);
    EXPECT_EQ(base64url::decode(text), bytes);
  }
}

TEST(Base64url, WritesWhatLibsodiumWrites) {
  for (size_t size = 0; size < 300; ++size) {
    const std::string bytes = test::random_text(size);
    EXPECT_EQ(encode(bytes), test::base64url_of(bytes));
  }
}

// Random texts over an alphabet with a few letters that do not belong, so that both answers come up.
TEST(Base64url, ReadsExactlyWhatLibsodiumReads) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const std::string letters = std::string(kAlphabet) + std::string(kAlphabet) + "+/=";
  size_t accepted = 0;
  size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text(randombytes_uniform(24), '\0');
    for (char& letter : text) letter = letters[randombytes_uniform(static_cast<uint32_t>(letters.size()))];
    std::string bytes(24, '\0');
    size_t size = 0;
    const bool is_good = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                           text.size(), nullptr, &size, nullptr, kVariant) == 0;
    ++(is_good ? accepted : refused);
    bytes.resize(size);
    EXPECT_EQ(base64url::decode(text), is_good ? std::optional(bytes) : std::nullopt) << text;
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_GT(refused, 1000u);
}

TEST(Base64url, RefusesEveryByteOutsideTheAlphabetInEveryPlaceOfEveryEnding) {
  for (const std::string good : {"QUJD", "QUI", "QQ", "QUJDQUJD", "QUJDQUI", "QUJDQQ"}) {
    ASSERT_TRUE(base64url::decode(good)) << good;
    for (size_t place = 0; place < good.size(); ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        if (kAlphabet.find(static_cast<char>(byte)) != std::string_view::npos) continue;
        std::string bad = good;
        bad[place] = static_cast<char>(byte);
        EXPECT_EQ(base64url::decode(bad), std::nullopt) << good << " with byte " << byte << " at " << place;
      }
    }
  }
}

TEST(Base64url, RefusesPaddingWhereverItStands) {
  ASSERT_TRUE(base64url::decode("Zg"));
  for (const std::string_view padded :
       {"Zg==", "Zg=", "Zm8=", "Zm9v====", "Zg==Zg==", "Zm8=Zm9v", "=", "==", "===", "===="}) {
    EXPECT_EQ(base64url::decode(padded), std::nullopt) << padded;
  }
}

TEST(Base64url, RefusesWhiteSpaceAroundAndInside) {
  ASSERT_TRUE(base64url::decode("Zm9vYmFy"));
  for (const char* spaced :
       {" Zm9vYmFy", "Zm9vYmFy ", "Zm9v YmFy", "Zm9v\nYmFy", "Zm9v\r\nYmFy", "Zm9vYmFy\n", "\tZm9v"}) {
    EXPECT_EQ(base64url::decode(spaced), std::nullopt) << spaced;
  }
}

TEST(Base64url, RefusesANulAndWhatComesAfterIt) {
  EXPECT_EQ(base64url::decode(std::string_view("Zm9v\0mFy", 8)), std::nullopt);
  EXPECT_EQ(base64url::decode(std::string_view("Zm9vYmF\0", 8)), std::nullopt);
}

TEST(Base64url, RefusesEveryLengthThatNoByteStringEncodesTo) {
  for (size_t chars = 1; chars < 200; chars += 4) {
    EXPECT_EQ(base64url::decoded_size(chars), std::nullopt);
    EXPECT_EQ(base64url::decode(std::string(chars, 'A')), std::nullopt);
    EXPECT_TRUE(base64url::decode(std::string(chars - 1, 'A')));
    EXPECT_TRUE(base64url::decode(std::string(chars + 1, 'A')));
  }
}

// Of the letters that decode to the same bytes because only unused bits differ, exactly one is taken.
TEST(Base64url, RefusesTheTwinsThatDifferInUnusedBits) {
  const auto texts_for = [](const std::string& beginning) {
    std::set<std::string> decoded;
    size_t accepted = 0;
    for (const char last : kAlphabet) {
      if (const auto bytes = base64url::decode(beginning + last)) {
        ++accepted;
        decoded.insert(*bytes);
      }
    }
    EXPECT_EQ(decoded.size(), accepted) << "two texts for one byte string";
    return accepted;
  };
  EXPECT_EQ(texts_for("Z"), 4u);                    // one byte: 2 of the last letter's bits are used
  EXPECT_EQ(texts_for("Zm"), 16u);                  // two bytes: 4 bits
  EXPECT_EQ(texts_for("Zm9"), 64u);                 // three bytes: all
  EXPECT_EQ(texts_for(std::string(42, 'A')), 16u);  // a MAC of 32 bytes: 3 twins each
}

TEST(Base64url, DecodesOnlyIntoAnOutputOfTheRightSize) {
  uint8_t out[8] = {};
  EXPECT_FALSE(base64url::decode("Zm9v", MutableBytes{out, 2}));
  EXPECT_FALSE(base64url::decode("Zm9v", MutableBytes{out, 4}));
  EXPECT_FALSE(base64url::decode("Zm9vA", MutableBytes{out, 3}));
  EXPECT_TRUE(base64url::decode("Zm9v", MutableBytes{out, 3}));
  EXPECT_EQ(as_text(Bytes{out, 3}), "foo");
}

TEST(Base64url, AppendsBehindWhatIsThere) {
  std::string text = "left.";
  base64url::append(text, as_bytes("foob"));
  EXPECT_EQ(text, "left.Zm9vYg");
}

}  // namespace
}  // namespace swt
