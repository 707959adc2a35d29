// What a proof looks like: size, encoding, members, types.
#include <gtest/gtest.h>

#include <string>

#include "support/client_key.h"
#include "support/outcome.h"
#include "support/proof.h"
#include "support/text.h"

namespace swt {
namespace {

using test::base64url_of;
using test::envelope_of;
using test::expectation_for;
using test::ProofFields;
using test::repeated;
using test::replaced;

const test::ClientKey& client() {
  static const test::ClientKey key;
  return key;
}

Status check(std::string_view proof) {
  return test::status_of(check_proof(proof, expectation_for(client().thumbprint())));
}

std::string good_envelope() {
  const std::string payload = ProofFields().payload();
  return envelope_of(client().jwk(), payload, client().sign(payload));
}

Status check_envelope(std::string_view json) { return check(base64url_of(json)); }

// A proof whose signature is right, whatever its payload says.
Status check_payload(std::string_view payload) { return check(test::signed_proof(client(), payload)); }

Status check_payload_with(std::string_view from, std::string_view to) {
  return check_payload(replaced(ProofFields().payload(), from, to));
}

TEST(ProofShape, OfAGoodProofIsAccepted) {
  EXPECT_EQ(check_envelope(good_envelope()), Status::ok);
  EXPECT_EQ(check_payload(ProofFields().payload()), Status::ok);
}

TEST(ProofShape, IsBase64urlAndNothingAround) {
  const std::string good = base64url_of(good_envelope());
  ASSERT_EQ(check(good), Status::ok);
  for (const std::string& bad : {std::string(), good + '=', good + "==", good + ' ', ' ' + good, good + '\n',
                                 good + '\0', good + ", " + good, good + ',' + good, '"' + good + '"'}) {
    EXPECT_EQ(check(bad), Status::proof_malformed);
  }
  EXPECT_EQ(check(replaced(good, good.substr(10, 1), "+")), Status::proof_malformed);
  EXPECT_EQ(check(good_envelope()), Status::proof_malformed) << "the JSON itself";
}

TEST(ProofShape, OfAnRfc9449ProofIsNotMistakenForOne) {
  EXPECT_EQ(check("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2In0.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIn0.2-GxA6T8lP4vfrg8v-"
                  "FdWP0A0zdrj8igiMLvqRMU"),
            Status::proof_malformed);
}

TEST(ProofShape, EndsAt4096Characters) {
  const std::string envelope = good_envelope();
  const auto of_bytes = [&](size_t bytes) {
    return base64url_of(envelope + std::string(bytes - envelope.size(), ' '));
  };
  ASSERT_EQ(of_bytes(3072).size(), kMaxProofSize);
  EXPECT_EQ(check(of_bytes(3072)), Status::ok);
  EXPECT_EQ(check(of_bytes(3073)), Status::proof_malformed);
  EXPECT_EQ(check(std::string(1 << 20, 'A')), Status::proof_malformed);
}

TEST(ProofEnvelope, MayHaveSpacesAndAnyOrder) {
  const std::string payload = ProofFields().payload();
  EXPECT_EQ(check_envelope(" { \"signature\" : \"" + base64url_of(client().sign(payload)) +
                           "\", \"payload\" : " + test::in_quotes(payload) + ", \"jwk\" : " + client().jwk() + " } "),
            Status::ok);
}

TEST(ProofEnvelope, NeedsEachMember) {
  const std::string payload = ProofFields().payload();
  const std::string jwk = "\"jwk\":" + client().jwk();
  const std::string text = "\"payload\":" + test::in_quotes(payload);
  const std::string signature = "\"signature\":\"" + base64url_of(client().sign(payload)) + '"';
  ASSERT_EQ(check_envelope('{' + jwk + ',' + text + ',' + signature + '}'), Status::ok);
  EXPECT_EQ(check_envelope('{' + text + ',' + signature + '}'), Status::proof_malformed);
  EXPECT_EQ(check_envelope('{' + jwk + ',' + signature + '}'), Status::proof_malformed);
  EXPECT_EQ(check_envelope('{' + jwk + ',' + text + '}'), Status::proof_malformed);
  EXPECT_EQ(check_envelope("{}"), Status::proof_malformed);
  EXPECT_EQ(check_envelope('{' + jwk + ",\"payload\":\"\"," + signature + '}'), Status::proof_malformed);
  EXPECT_EQ(check_envelope('{' + jwk + ',' + text + ",\"signature\":\"\"}"), Status::proof_malformed);
}

// Check the one, use the other.
TEST(ProofEnvelope, HasEachMemberOnce) {
  const std::string envelope = good_envelope();
  const std::string cut = envelope.substr(0, envelope.size() - 1);
  const test::ClientKey other;
  EXPECT_EQ(check_envelope(cut + ",\"jwk\":" + other.jwk() + '}'), Status::proof_malformed);
  EXPECT_EQ(check_envelope(cut + ",\"payload\":\"{}\"}"), Status::proof_malformed);
  EXPECT_EQ(check_envelope(cut + ",\"p\\u0061yload\":\"{}\"}"), Status::proof_malformed);
  EXPECT_EQ(check_envelope(cut + ",\"signature\":\"AAAA\"}"), Status::proof_malformed);
}

TEST(ProofEnvelope, HasNoOtherMembers) {
  const std::string envelope = good_envelope();
  const std::string cut = envelope.substr(0, envelope.size() - 1);
  for (const std::string_view name : {"alg", "kid", "nonce", "Payload", "payload2", "", "__proto__"}) {
    EXPECT_EQ(check_envelope(cut + ",\"" + std::string(name) + "\":1}"), Status::proof_malformed) << name;
  }
  std::string many = cut;
  for (int i = 0; i < 200; ++i) many += ",\"" + std::to_string(i) + "\":0";
  EXPECT_EQ(check_envelope(many + '}'), Status::proof_malformed);
}

TEST(ProofEnvelope, IsStrictJsonInOneObject) {
  const std::string envelope = good_envelope();
  for (const std::string& bad :
       {'[' + envelope + ']', envelope + 'x', envelope + envelope, envelope + '\0', "\xef\xbb\xbf" + envelope,
        std::string("null"), std::string("\"x\""), std::string("{"), repeated("[", 3000), repeated("{\"jwk\":", 400)}) {
    EXPECT_EQ(check_envelope(bad), Status::proof_malformed);
  }
}

TEST(ProofEnvelope, HasAJwkThatIsAnObject) {
  const std::string payload = ProofFields().payload();
  const std::string signature = client().sign(payload);
  for (const std::string& jwk :
       {test::in_quotes(client().jwk()), '[' + client().jwk() + ']', std::string("null"), std::string("1"),
        std::string("{}"), repeated("{\"jwk\":", 100) + "1" + repeated("}", 100)}) {
    EXPECT_EQ(check_envelope(envelope_of(jwk, payload, signature)), Status::proof_malformed);
  }
}

TEST(ProofEnvelope, HasAPublicKeyOfP256) {
  const std::string payload = ProofFields().payload();
  const auto with_jwk = [&](std::string_view from, std::string_view to) {
    return check_envelope(envelope_of(replaced(client().jwk(), from, to), payload, client().sign(payload)));
  };
  EXPECT_EQ(with_jwk("}", R"(,"key_ops":["verify"],"ext":true})"), Status::ok) << "as WebCrypto exports it";
  EXPECT_EQ(with_jwk("}", R"(,"d":"gOyNSPMCSgKYfSJOVyQE3sJrr4AZ2eaY7Gr6IvYVNYM"})"), Status::proof_malformed);
  EXPECT_EQ(with_jwk("}", R"(,"alg":"HS256"})"), Status::proof_malformed);
  EXPECT_EQ(with_jwk("\"EC\"", "\"RSA\""), Status::proof_malformed);
  EXPECT_EQ(with_jwk("P-256", "P-384"), Status::proof_malformed);
  EXPECT_EQ(with_jwk("\"x\"", "\"z\""), Status::proof_malformed);
}

TEST(ProofEnvelope, HasAKeyOnTheCurveEvenIfATokenIsBoundToOneThatIsNot) {
  std::string y = client().y();
  y.back() = static_cast<char>(y.back() ^ 1);
  const std::string jwk = test::jwk_of(client().x(), y);
  const std::string thumbprint = base64url_of(test::sha256_of(
      R"({"crv":"P-256","kty":"EC","x":")" + base64url_of(client().x()) + R"(","y":")" + base64url_of(y) + R"("})"));
  const std::string payload = ProofFields().payload();
  const std::string proof = test::proof_of(jwk, payload, client().sign(payload));
  EXPECT_EQ(test::status_of(check_proof(proof, expectation_for(thumbprint))), Status::proof_malformed);
}

TEST(ProofEnvelope, HasAPayloadThatIsATextAndNoObject) {
  const std::string payload = ProofFields().payload();
  EXPECT_EQ(check_envelope(replaced(good_envelope(), test::in_quotes(payload), payload)), Status::proof_malformed);
  EXPECT_EQ(check_envelope(replaced(good_envelope(), test::in_quotes(payload), "null")), Status::proof_malformed);
}

TEST(ProofEnvelope, HasASignatureInBase64url) {
  const std::string payload = ProofFields().payload();
  const std::string text = '"' + base64url_of(client().sign(payload)) + '"';
  const auto with_signature = [&](std::string_view signature) {
    return check_envelope("{\"jwk\":" + client().jwk() + ",\"payload\":" + test::in_quotes(payload) +
                          ",\"signature\":" + std::string(signature) + '}');
  };
  EXPECT_EQ(with_signature(text), Status::ok);
  EXPECT_EQ(with_signature("\"AAA=\""), Status::proof_malformed);
  EXPECT_EQ(with_signature("\"A+A/\""), Status::proof_malformed);
  EXPECT_EQ(with_signature("\"A\""), Status::proof_malformed);
  EXPECT_EQ(with_signature("null"), Status::proof_malformed);
  EXPECT_EQ(with_signature("7"), Status::proof_malformed);
  EXPECT_EQ(with_signature('[' + text + ']'), Status::proof_malformed);
}

TEST(ProofPayload, NeedsUrlMethodAndTimestamp) {
  EXPECT_EQ(check_payload_with(R"("url":"/api/profile",)", ""), Status::proof_malformed);
  EXPECT_EQ(check_payload_with(R"("method":"GET",)", ""), Status::proof_malformed);
  EXPECT_EQ(check_payload_with(R"("timestamp":1800000000,)", ""), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("/api/profile", ""), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("GET", ""), Status::proof_malformed);
}

// A text that this key signed for something else is no proof.
TEST(ProofPayload, HasNoOtherMembers) {
  EXPECT_EQ(check_payload_with("}", R"(,"nonce":"n","ath":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})"),
            Status::proof_token);
  EXPECT_EQ(check_payload_with("}", R"(,"nonce":"n"})"), Status::ok);
  for (const std::string_view name : {"amount", "htm", "htu", "iat", "exp", "Url", "", "__proto__"}) {
    EXPECT_EQ(check_payload_with("}", ",\"" + std::string(name) + "\":1}"), Status::proof_malformed) << name;
  }
}

TEST(ProofPayload, HasEachMemberOnce) {
  EXPECT_EQ(check_payload_with("}", R"(,"url":"/admin"})"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("}", R"(,"m\u0065thod":"DELETE"})"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("}", R"(,"timestamp":1900000000})"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("}", R"(,"jti":"proof-2"})"), Status::proof_malformed);
}

TEST(ProofPayload, HasATimestampInPlainWholeSeconds) {
  for (const std::string_view bad :
       {R"("1800000000")", "1800000000.0", "1800000000.5", "18e8", "null", "true", "[]", "{}", "-1", "-0", "1e308",
        "1e309", "-9223372036854775808", "9223372036854775807", "9007199254740992", "01800000000"}) {
    EXPECT_EQ(check_payload_with("1800000000", bad), Status::proof_malformed) << bad;
  }
  EXPECT_EQ(check_payload_with("1800000000", "1800000000000"), Status::proof_time) << "milliseconds";
  EXPECT_EQ(check_payload_with("1800000000", "9007199254740991"), Status::proof_time);
  EXPECT_EQ(check_payload_with("1800000000", "0"), Status::proof_time);
}

TEST(ProofPayload, HasTextsThatAreTexts) {
  for (const std::string_view bad : {"null", "1", "true", "[]", "{}"}) {
    EXPECT_EQ(check_payload_with(R"("/api/profile")", bad), Status::proof_malformed) << bad;
    EXPECT_EQ(check_payload_with(R"("GET")", bad), Status::proof_malformed) << bad;
    EXPECT_EQ(check_payload_with(R"("proof-1")", bad), Status::proof_malformed) << bad;
    EXPECT_EQ(check_payload_with("}", ",\"ath\":" + std::string(bad) + '}'), Status::proof_malformed) << bad;
    EXPECT_EQ(check_payload_with("}", ",\"nonce\":" + std::string(bad) + '}'), Status::proof_malformed) << bad;
  }
}

TEST(ProofPayload, HasAnIdOfVisibleAsciiOfAtMost128) {
  EXPECT_EQ(check_payload_with("proof-1", std::string(128, 'j')), Status::ok);
  EXPECT_EQ(check_payload_with("proof-1", std::string(129, 'j')), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("proof-1", ""), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("proof-1", "a b"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("proof-1", "\\u00e9"), Status::proof_malformed);
}

TEST(ProofPayload, IsStrictJson) {
  EXPECT_EQ(check_payload_with("/api/profile", R"(/api/\ud800)"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("/api/profile", R"(/api\u0000/profile)"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("}", "}x"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("}", ",}"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("\"GET\"", "'GET'"), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("\"GET\"", repeated("[", 100)), Status::proof_malformed);
  EXPECT_EQ(check_payload_with("{", " { "), Status::ok);
  for (const std::string_view bad : {"[]", "null", "\"x\"", "7", "x", " "})
    EXPECT_EQ(check_payload(bad), Status::proof_malformed) << bad;
}

TEST(ProofPayload, IsUtf8) {
  const std::string payload = replaced(ProofFields().payload(), "/api/profile", "/api/\xff");
  EXPECT_EQ(check(test::proof_of(client().jwk(), payload, client().sign(payload))), Status::proof_malformed);
}

}  // namespace
}  // namespace swt
