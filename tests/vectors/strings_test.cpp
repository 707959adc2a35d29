// Secrets that the world knows, and strings that break programs.
#include <gtest/gtest.h>

#include <string>

#include "../unit/support/one_key.h"
#include "../unit/support/outcome.h"
#include "../unit/support/pem_key.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "token/codec.h"

namespace swt {
namespace {

using test::status_of;

constexpr int64_t kNow = 1799999500;

Status as_secret(const std::string& secret) {
  return status_of(TokenKey::from_secret(secret, test::kEncryptionSecret, ShortSecret::refuse));
}

Status as_encryption_secret(const std::string& secret) {
  return status_of(TokenKey::from_secret(test::kSecret, secret, ShortSecret::refuse));
}

// Our rule: what has fewer than 32 bytes is refused. The file also lists published secrets that are long enough. A list of
// them would grow for ever and be out of date on the day after; a form that nobody draws by lot (repetition, placeholder,
// a key of another kind) is refused, and how many are left is said here.
TEST(LeakedSecretVectors, AreRefusedWhereTheyAreShort) {
  SWT_OPEN_VECTORS(file, "strings/leaked_jwt_secrets.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t too_short = 0;
  size_t bad_form = 0;
  size_t accepted = 0;
  for (const test::Vector& vector : file->tests()) {
    const std::string secret = vector.text("secret");
    SCOPED_TRACE(vector.text("id") + ' ' + secret);
    ASSERT_EQ(secret.size(), static_cast<size_t>(vector["bytes"].number()));
    const Status status = as_secret(secret);
    if (vector.text("expect") == "reject") {
      ++too_short;
      ASSERT_LT(secret.size(), 32u);
      EXPECT_TRUE(status == Status::secret_too_short || status == Status::key);
    } else {
      ++(status == Status::ok ? accepted : bad_form);
      ASSERT_GE(secret.size(), 32u);
      EXPECT_TRUE(status == Status::ok || status == Status::key);
    }
    // As the encryption secret, alone or beside a PEM, it is judged the same.
    if (!secret.empty()) {
      EXPECT_EQ(as_encryption_secret(secret), status);
    }
  }
  EXPECT_EQ(too_short + bad_form + accepted, file->stated_count());
  EXPECT_GT(too_short, 0u);
  EXPECT_GT(bad_form, 0u);
  test::report_vectors({{"under 32 bytes, refused", too_short},
                        {"repeated, placeholder or key, refused", bad_form},
                        {"long enough and known all the same, accepted", accepted}});
}

// ---- The big list of naughty strings

const TokenKey& key() {
  static const auto made = *TokenKey::from_secret(test::kSecret, test::kEncryptionSecret, ShortSecret::refuse);
  return *made;
}

// What a token says about this data after its way through sealing and opening.
OpenedToken round_trip(const std::string& user_id, const std::string& data) {
  Claims claims;
  claims.user_id = user_id;
  claims.token_id = "id";
  claims.issued_at = kNow - 500;
  claims.expires_at = kNow + 500;
  const auto token = seal_token(key(), claims, data);
  test::require(token.ok(), "a token of a naughty string");
  auto opened = open_token(key(), *token, TokenType::access, kNow);
  test::require(opened.ok(), "an opened token of a naughty string");
  return *std::move(opened);
}

// The value of a member, as another reader of JSON gives it.
std::string member_of_data(const std::string& payload, const char* name) {
  const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree(cJSON_Parse(payload.c_str()), cJSON_Delete);
  test::require(tree != nullptr, "a payload");
  return test::Vector(tree.get())["data"].text(name);
}

TEST(NaughtyStringVectors, ComeBackAsTheyWereAsAUserId) {
  SWT_OPEN_VECTORS(file, "strings/blns.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t came_back = 0;
  size_t refused = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string text = vector.text("s");
    const std::string data = R"({"userId":)" + vector["s"].json() + '}';
    const Result<std::string> user_id = check_data(data);
    if (text.empty() || text.size() > 256) {
      ++refused;
      EXPECT_EQ(status_of(user_id), Status::user_id);
      continue;
    }
    ++came_back;
    ASSERT_TRUE(user_id) << status_text(user_id.error().status).name;
    const OpenedToken opened = round_trip(*user_id, data);
    EXPECT_EQ(opened.claims.user_id, *user_id);
    EXPECT_EQ(member_of_data(opened.payload, "userId"), text);
    EXPECT_NE(opened.payload.find(data), std::string::npos) << "the caller's own bytes";
  }
  EXPECT_EQ(came_back + refused, file->stated_count());
  test::report_vectors({{"user ids came back", came_back}, {"empty or over 256 bytes, refused", refused}});
}

TEST(NaughtyStringVectors, ComeBackAsTheyWereAsData) {
  SWT_OPEN_VECTORS(file, "strings/blns.json");
  size_t came_back = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string data = R"({"userId":"alice","note":)" + vector["s"].json() + '}';
    const Result<std::string> user_id = check_data(data);
    ASSERT_TRUE(user_id) << status_text(user_id.error().status).name;
    const OpenedToken opened = round_trip(*user_id, data);
    EXPECT_EQ(opened.claims.user_id, R"("alice")");
    EXPECT_EQ(member_of_data(opened.payload, "note"), vector.text("s"));
    EXPECT_NE(opened.payload.find(data), std::string::npos) << "the caller's own bytes";
    ++came_back;
  }
  EXPECT_EQ(came_back, file->stated_count());
  test::report_vectors({{"texts came back", came_back}});
}

// As data itself, without JSON around it, most are no object; those that are name no user.
TEST(NaughtyStringVectors, AreNoData) {
  SWT_OPEN_VECTORS(file, "strings/blns.json");
  size_t refused = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const Status status = status_of(check_data(vector.text("s")));
    EXPECT_TRUE(status == Status::data || status == Status::user_id);
    ++refused;
  }
  EXPECT_EQ(refused, file->stated_count());
  test::report_vectors({{"as data, refused", refused}});
}

TEST(NaughtyStringVectors, AreNoTokenAndNoPem) {
  SWT_OPEN_VECTORS(file, "strings/blns.json");
  size_t refused = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string text = vector.text("s");
    EXPECT_EQ(status_of(open_token(key(), text, TokenType::access, kNow)), Status::token_malformed);
    EXPECT_EQ(status_of(test::load_private(text)), Status::key);
    EXPECT_EQ(status_of(test::load_public(text)), Status::key);
    const std::string in_block = "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
    EXPECT_EQ(status_of(test::load_public(in_block)), Status::key);
    ++refused;
  }
  EXPECT_EQ(refused, file->stated_count());
  test::report_vectors({{"as tokens and as PEM, refused", refused}});
}

// A secret may hold any bytes, so what is long enough is one. What is not is refused.
TEST(NaughtyStringVectors, AreNoSecretWhenShort) {
  SWT_OPEN_VECTORS(file, "strings/blns.json");
  size_t refused = 0;
  size_t accepted = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string text = vector.text("s");
    const Status status = as_secret(text);
    if (status == Status::ok) {
      ++accepted;
      EXPECT_GE(text.size(), 32u);
    } else {
      ++refused;
      EXPECT_TRUE(status == Status::key || (status == Status::secret_too_short && text.size() < 32u));
    }
  }
  EXPECT_EQ(refused + accepted, file->stated_count());
  EXPECT_GT(refused, 0u);
  test::report_vectors({{"as secrets, refused", refused}, {"of 32 bytes or more, accepted", accepted}});
}

}  // namespace
}  // namespace swt
