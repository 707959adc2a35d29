// What may stand in an event: no token, no proof, no secret; and one line of strict JSON, whatever a user is called.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json_reader.h"
#include "support/recorder.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::text;
using test::view;

// No part of an input of 12 characters or more stands in any text of any event.
void expect_absent(const std::vector<test::Told>& told, const std::vector<std::string>& inputs) {
  constexpr size_t kPart = 12;
  for (const test::Told& event : told) {
    const std::string all =
        event.name + '\n' + event.user_id + '\n' + event.session_id + '\n' + event.reason + '\n' + event.json;
    for (const std::string& input : inputs) {
      ASSERT_GE(input.size(), kPart);
      for (size_t at = 0; at + kPart <= input.size(); ++at) {
        ASSERT_EQ(all.find(input.substr(at, kPart)), std::string::npos)
            << event.name << ": " << input.substr(at, kPart);
      }
    }
  }
}

TEST(CapiAuditSecrecy, KeepsTokensProofsAndSecretsOut) {
  test::Recorder recorder;
  const test::Store store = test::new_store();
  const test::EngineHandle engine = test::audited_engine(recorder, store.get(), SWT_NO_END);
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  test::ProofFields fields;
  fields.jti = "the-proofs-own-name";
  const std::string proof = make_proof(client, fields);

  swt_sign_request login = test::new_sign_request(R"({"userId":"alice","pin":"what the caller keeps"})");
  login.client_key_jwk = view(jwk);
  login.flags = SWT_SIGN_REFRESH_TOKEN;
  login.proof = view(proof);
  login.method = view("GET");
  login.url = view("/api/profile");
  const test::GrantHandle grant = test::sign(engine.get(), login);
  const std::string token = text(swt_grant_token(grant.get()));
  const std::string refresh_token = text(swt_grant_refresh_token(grant.get()));

  swt_verify_request request = test::new_verify_request(grant.get());
  request.proof = view(proof);
  request.method = view("GET");
  request.url = view("/api/profile");
  EXPECT_EQ(test::verify(engine.get(), request), SWT_OK);
  EXPECT_EQ(test::verify(engine.get(), request), SWT_REJECTED_PROOF_REPLAYED);
  request.session_id = view("a session id that somebody made up");
  EXPECT_NE(test::verify(engine.get(), request), SWT_OK);
  request = test::new_verify_request(grant.get());
  const std::string mangled = token.substr(0, token.size() - 3) + "abc";
  request.token = view(mangled);
  EXPECT_NE(test::verify(engine.get(), request), SWT_OK);
  request.token = view(refresh_token);
  EXPECT_NE(test::verify(engine.get(), request), SWT_OK);
  fields.jti = "the-proofs-next-name";
  const std::string next_proof = make_proof(client, fields);
  swt_refresh_request refresh = test::new_refresh_request(refresh_token);
  EXPECT_EQ(test::refresh(engine.get(), refresh).status, SWT_REJECTED_PROOF_MISSING);
  refresh.proof = view(next_proof);
  refresh.method = view("GET");
  refresh.url = view("/api/profile");
  const test::Refreshed next = test::refresh(engine.get(), refresh);
  ASSERT_EQ(next.status, SWT_OK);
  EXPECT_NE(test::refresh(engine.get(), refresh).status, SWT_OK);
  EXPECT_EQ(swt_revoke(engine.get(), swt_grant_session_id(grant.get())), SWT_OK);

  EXPECT_EQ(recorder.told.size(), 12u);
  expect_absent(recorder.told,
                {token, refresh_token, mangled, proof, next_proof, jwk, client.thumbprint(), std::string(test::kSecret),
                 std::string(test::kEncryptionSecret), "/api/profile", "the-proofs-own-name", "the-proofs-next-name",
                 "what the caller keeps", "a session id that somebody made up", text(swt_grant_token(next.grant.get())),
                 text(swt_grant_refresh_token(next.grant.get()))});
}

std::string line_for(const std::string& user_id_json) {
  test::Recorder recorder;
  const test::Store store = test::new_store();
  const test::EngineHandle engine = test::audited_engine(recorder, store.get());
  test::sign(engine.get(), test::new_sign_request(R"({"userId":)" + user_id_json + '}'));
  return recorder.told.at(0).json;
}

TEST(CapiAuditLine, IsOneLineOfStrictJsonWhateverAUserIsCalled) {
  const std::pair<std::string, std::string> cases[] = {
      {R"("a\"b")", "a\"b"},
      {R"("\\")", "\\"},
      {R"("a\r\nevent\tb\u001b[2J\u0001\u007f")", "a\r\nevent\tb\x1b[2J\x01\x7f"},
      {R"("\",\"event\":\"sign")", "\",\"event\":\"sign"},
      {R"("\u2028\u2029\u0085")", "\xe2\x80\xa8\xe2\x80\xa9\xc2\x85"},
      {R"("\ud83d\ude00\u202e")", "\xf0\x9f\x98\x80\xe2\x80\xae"},
      {R"("</script>")", "</script>"},
      {'"' + std::string(256, 'x') + '"', std::string(256, 'x')},
      {'"' + test::repeated("\\u0001", 256) + '"', std::string(256, '\x01')},
  };
  for (const auto& [json, user] : cases) {
    const std::string line = line_for(json);
    SCOPED_TRACE(line);
    for (const char c : line)
      EXPECT_GE(static_cast<unsigned char>(c), 0x20) << "no control character, so no second line";
    JsonReader reader(line, 1);
    JsonObject object(reader);
    std::string_view name, value;
    std::string found, names;
    while (object.next(name)) {
      names += std::string(name) + ' ';
      int64_t number = 0;
      if (name == "timestamp") {
        EXPECT_TRUE(reader.read_integer(number));
        continue;
      }
      EXPECT_TRUE(reader.read_string(value));
      if (name == "userId") found = value;
      EXPECT_TRUE(name != "event" || value == "sign");
    }
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(names, "timestamp event code userId sessionId ");
    EXPECT_EQ(found, user);
  }
}

TEST(CapiAuditLine, KeepsNumbersNumbers) {
  EXPECT_NE(line_for("7").find(R"("userId":7,)"), std::string::npos);
  EXPECT_NE(line_for("-9007199254740991").find(R"("userId":-9007199254740991,)"), std::string::npos);
  EXPECT_NE(line_for(R"("7")").find(R"("userId":"7",)"), std::string::npos);
}

}  // namespace
}  // namespace swt
