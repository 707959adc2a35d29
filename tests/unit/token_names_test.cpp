// Issuer, subject and audiences in a payload (RFC 7519 section 4.1).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/outcome.h"
#include "support/text.h"
#include "token/claims.h"

namespace swt {
namespace {

using test::in_quotes;
using test::repeated;
using Names = std::vector<std::string>;

std::string payload_with(const std::string& member) {
  return R"({"data":{"userId":"alice"},"iat":1799999000,"exp":1800000000,)" + member + R"(,"jti":"x"})";
}

Status read_with(const std::string& member) { return test::status_of(read_payload(payload_with(member))); }

Claims claims_from(const std::string& member) {
  const Result<ReadPayload> read = read_payload(payload_with(member));
  EXPECT_TRUE(read) << member;
  return read ? read->claims : Claims{};
}

std::string write_with(const Names& audiences) {
  Claims claims;
  claims.user_id = R"("alice")";
  claims.token_id = "x";
  claims.issued_at = 1;
  claims.expires_at = 2;
  claims.audiences = audiences;
  return write_payload(claims, R"({"userId":"alice"})");
}

std::string list_of(size_t count, const std::string& element = R"("a")") {
  return '[' + element + repeated(',' + element, count - 1) + ']';
}

TEST(Names, AreReadFromAPayload) {
  const Claims claims = claims_from(R"("iss":"https://issuer","sub":"user:7","aud":"api")");
  EXPECT_EQ(claims.issuer, "https://issuer");
  EXPECT_EQ(claims.subject, "user:7");
  EXPECT_EQ(claims.audiences, Names{"api"});
}

TEST(Names, ThatAreAbsentAreEmpty) {
  const Claims claims = claims_from(R"("scope":"x")");
  EXPECT_EQ(claims.issuer, "");
  EXPECT_EQ(claims.subject, "");
  EXPECT_EQ(claims.audiences, Names{});
}

TEST(Names, AreWrittenAsOneTextOrAnArray) {
  EXPECT_EQ(write_with({}).find("aud"), std::string::npos);
  EXPECT_NE(write_with({"a"}).find(R"(,"aud":"a",)"), std::string::npos);
  EXPECT_NE(write_with({"a", "b\""}).find(R"(,"aud":["a","b\""],)"), std::string::npos);
  EXPECT_NE(write_with({"a", "b", "c"}).find(R"(,"aud":["a","b","c"],)"), std::string::npos);
}

TEST(Names, AreReadBackAsTheyWereWritten) {
  for (const Names& names : {Names{"a"}, Names{"a", "b"},
                             Names{"\"", "\\", "\n", "\xe2\x80\xa8", std::string(256, 'x')}, Names(16, "same")}) {
    Claims claims;
    claims.user_id = "7";
    claims.token_id = "x";
    claims.expires_at = 1;
    claims.issuer = names.front();
    claims.subject = names.back();
    claims.audiences = names;
    const Result<ReadPayload> read = read_payload(write_payload(claims, R"({"userId":7})"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->claims.issuer, names.front());
    EXPECT_EQ(read->claims.subject, names.back());
    EXPECT_EQ(read->claims.audiences, names);
  }
}

TEST(Names, AreHeldUnescaped) {
  EXPECT_EQ(claims_from(R"("iss":"\u0061\/b")").issuer, "a/b");
  EXPECT_EQ(claims_from(R"("aud":["\u0061"])").audiences, Names{"a"});
}

TEST(Names, HaveOneTo256Bytes) {
  for (const std::string name : {"iss", "sub", "aud"}) {
    const std::string member = '"' + name + "\":";
    EXPECT_EQ(read_with(member + in_quotes("x")), Status::ok) << name;
    EXPECT_EQ(read_with(member + in_quotes(std::string(256, 'x'))), Status::ok) << name;
    EXPECT_EQ(read_with(member + in_quotes(std::string(257, 'x'))), Status::token_claims) << name;
    EXPECT_EQ(read_with(member + R"("")"), Status::token_claims) << name;
  }
  EXPECT_EQ(read_with(R"("aud":["a",)" + in_quotes(std::string(256, 'x')) + ']'), Status::ok);
  EXPECT_EQ(read_with(R"("aud":["a",)" + in_quotes(std::string(257, 'x')) + ']'), Status::token_claims);
  EXPECT_EQ(read_with(R"("aud":["a",""])"), Status::token_claims);
}

TEST(Names, AreTexts) {
  for (const std::string bad : {"null", "7", "true", "{}", R"({"a":"b"})", R"("\u0000")", R"("\ud800")"}) {
    for (const std::string name : {"iss", "sub", "aud"}) {
      EXPECT_EQ(read_with('"' + name + "\":" + bad), Status::token_claims) << name << bad;
    }
    EXPECT_EQ(read_with(R"("aud":["a",)" + bad + ']'), Status::token_claims) << bad;
  }
  EXPECT_EQ(read_with(R"("iss":["a"])"), Status::token_claims) << "only audiences may be several";
  EXPECT_EQ(read_with(R"("sub":["a"])"), Status::token_claims);
  EXPECT_EQ(read_with(R"("aud":[["a"]])"), Status::token_claims);
}

TEST(Names, OfAudiencesAreOneTo16) {
  EXPECT_EQ(claims_from(R"("aud":["a"])").audiences, Names{"a"});
  EXPECT_EQ(claims_from(R"("aud":)" + list_of(16)).audiences.size(), 16u);
  EXPECT_EQ(read_with(R"("aud":)" + list_of(17)), Status::token_claims);
  EXPECT_EQ(read_with(R"("aud":)" + list_of(5000)), Status::token_claims);
  EXPECT_EQ(read_with(R"("aud":[])"), Status::token_claims) << "an empty list is not the same as none";
}

TEST(Names, OfAudiencesStandInAWholeArray) {
  for (const std::string bad : {R"(["a",])", R"(["a" "b"])", R"([,"a"])", R"(["a")"}) {
    EXPECT_EQ(read_with(R"("aud":)" + bad), Status::token_claims) << bad;
  }
}

TEST(Names, ComeOnce) {
  for (const std::string name : {"iss", "sub", "aud"}) {
    EXPECT_EQ(read_with('"' + name + R"(":"a",")" + name + R"(":"a")"), Status::token_claims) << name;
  }
  EXPECT_EQ(read_with(R"("iss":"a","\u0069ss":"b")"), Status::token_claims);
  EXPECT_EQ(read_with(R"("iss":"a","Iss":"b")"), Status::ok) << "another member, that says nothing here";
}

TEST(Names, InsideDataHaveNoEffect) {
  const auto read = read_payload(
      R"({"data":{"userId":"alice","iss":7,"aud":[],"sub":null},"iat":1799999000,"exp":1800000000,"jti":"x"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->claims.issuer, "");
  EXPECT_EQ(read->claims.audiences, Names{});
}

TEST(Payload, SaysWhereTheCallersDataStands) {
  for (const std::string data : {R"({"userId":"alice"})", R"({ "userId" : "alice", "a":[1 , 2.50e+1, "\u0061"] })"}) {
    const std::string json = R"({"iat":1, "data": )" + data + R"( ,"exp":2})";
    const Result<ReadPayload> read = read_payload(json);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->data_json, data) << "byte for byte";
  }
}

}  // namespace
}  // namespace swt
