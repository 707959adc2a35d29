// JOSE's texts. None of them is a token of ours, whatever key is in hand; and the signatures in them that our keys could
// have made are judged by our signature room as their makers judge them.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

#include "../unit/support/der.h"
#include "../unit/support/jwk_key.h"
#include "../unit/support/key_pair.h"
#include "../unit/support/one_key.h"
#include "../unit/support/outcome.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "base/base64url.h"
#include "token/codec.h"

namespace swt {
namespace {

using test::status_of;

constexpr int64_t kNow = 1300000000;  // before the time at which the examples expire

// A JWS taken apart. Whether its header fits its key is a question for JOSE; the signature's own is ours.
struct Jws {
  std::string signed_text;
  std::string signature;
};

// Compact serialisation with a signature in canonical base64url; nothing else reaches a signature check here.
std::optional<Jws> parse_compact(const std::string& text) {
  const size_t first = text.find('.');
  const size_t last = text.rfind('.');
  if (first == std::string::npos || first == last || text.find('.', first + 1) != last) return std::nullopt;
  std::optional<std::string> signature = base64url::decode(text.substr(last + 1));
  if (!signature) return std::nullopt;
  return Jws{text.substr(0, last), *std::move(signature)};
}

// RFC 7518 section 3.4 writes r || s where our tokens have DER. What is not 64 bytes long has no numbers to take over.
std::optional<std::string> in_our_form(const TokenKey& key, const std::string& signature) {
  if (key.algorithm() != Algorithm::es256) return signature;
  if (signature.size() != 64) return std::nullopt;
  return test::der_signature(signature.substr(0, 32), signature.substr(32));
}

bool is_good(const TokenKey& key, const Jws& jws) {
  const std::optional<std::string> signature = in_our_form(key, jws.signature);
  return signature && test::check_signature(key, jws.signed_text, *signature) == Status::ok;
}

// Tokens are opened by these, and by the key that belongs to the text.
std::vector<std::shared_ptr<const TokenKey>> all_kinds_of_keys() {
  static const std::vector<std::shared_ptr<const TokenKey>> keys = {
      *TokenKey::from_secret(test::kSecret, "", ShortSecret::refuse),
      *test::load_public(test::KeyPair::rsa().public_pem()),
      *test::load_public(test::KeyPair::ec().public_pem()),
  };
  return keys;
}

void expect_no_token(const std::string& text, const TokenKey* own_key) {
  std::vector<const TokenKey*> keys;
  for (const auto& key : all_kinds_of_keys()) keys.push_back(key.get());
  if (own_key != nullptr) keys.push_back(own_key);
  for (const TokenKey* key : keys) {
    for (const TokenType type : {TokenType::access, TokenType::refresh}) {
      const Status status = status_of(open_token(*key, text, type, kNow));
      // Its shape or its header gives it away: no signature of another protocol is ever asked about.
      EXPECT_TRUE(status == Status::token_malformed || status == Status::token_algorithm) << static_cast<int>(status);
    }
  }
}

std::string text_or_json(const test::Vector& value) {
  return cJSON_IsString(value.node()) != 0 ? value.text() : value.json();
}

struct Counts {
  size_t good = 0;               // signatures that are good, and are found to be
  size_t bad = 0;                // signatures that are not
  size_t good_all_the_same = 0;  // the fault lies in the header or in the stated use of the key
  size_t other_algorithm = 0;    // good ones of an algorithm that is not ours, which are none here
  size_t no_compact = 0;         // no signature to be had: JSON serialisation, other characters, parts missing
  size_t no_key = 0;             // of a kind or strength that is refused
  size_t encrypted = 0;

  size_t all() const { return good + bad + good_all_the_same + other_algorithm + no_compact + no_key + encrypted; }

  void report() const {
    test::report_vectors({{"offered as tokens, all refused", all()},
                          {"signatures good", good},
                          {"signatures bad", bad},
                          {"signatures good, though header or key is not", good_all_the_same},
                          {"signatures of other algorithms, bad here", other_algorithm},
                          {"without a signature in canonical form", no_compact},
                          {"with a key that is refused", no_key},
                          {"encrypted", encrypted}});
  }
};

// The key that the group is to be verified with. Where it is a set, its first one is meant.
test::Vector verification_key(const test::Vector& group) {
  const test::Vector key = group[group.has("public") ? "public" : "private"];
  return key.has("keys") ? key["keys"].items()[0] : key;
}

bool is_our_algorithm(const test::Vector& jwk) {
  static const std::set<std::string> kOurs = {"HS256", "RS256", "ES256"};
  return !jwk.has("alg") || kOurs.contains(jwk.text("alg"));
}

// Vectors whose fault no signature shows: what the key says that it is for.
bool is_fault_elsewhere(const test::Vector& group, const test::Vector& jwk) {
  static const std::set<std::string> kGroups = {"ec_key_for_encryption", "rsa_encryption", "invalid_use"};
  return kGroups.contains(group.text("comment")) || !is_our_algorithm(jwk);
}

// Keys that we refuse though a vector's signature under them is good.
bool is_key_against_our_rules(const test::Vector& group, const test::Vector& jwk) {
  const bool is_all_zeros = group.text("comment") == "base64";  // a secret that repeats one byte
  return is_all_zeros || !test::is_kind_of_token_key(jwk);
}

void check_jws(const test::Vector& group, const test::Vector& vector, Counts& counts) {
  const test::Vector jwk = verification_key(group);
  const auto key = test::is_kind_of_token_key(jwk) ? test::token_key_of(jwk) : test::TokenKeyResult(Status::key);
  const bool is_valid = vector.text("result") == "valid";
  const std::string text = text_or_json(vector["jws"]);
  expect_no_token(text, key ? key->get() : nullptr);
  if (!key) {
    ++counts.no_key;
    EXPECT_TRUE(!is_valid || is_key_against_our_rules(group, jwk)) << "the key of a valid vector is refused";
    return;
  }
  const std::optional<Jws> jws = parse_compact(text);
  if (!jws) {
    ++counts.no_compact;
    EXPECT_TRUE(!is_valid || text.starts_with('{')) << "a valid vector was not understood";
    return;
  }
  const bool is_found_good = is_good(**key, *jws);
  if (is_valid && is_our_algorithm(jwk)) {
    ++counts.good;
    EXPECT_TRUE(is_found_good);
  } else if (is_valid) {
    ++counts.other_algorithm;
    EXPECT_FALSE(is_found_good);
  } else if (is_found_good) {
    ++counts.good_all_the_same;
    EXPECT_TRUE(is_fault_elsewhere(group, jwk)) << "an invalid signature was accepted";
  } else {
    ++counts.bad;
  }
}

void check_file(const char* name) {
  SWT_OPEN_VECTORS(file, name);
  Counts counts;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(group.text("comment") + ' ' + vector["tcId"].json() + ' ' + vector.text("comment"));
      if (!vector.has("jwe")) {
        check_jws(group, vector, counts);
        continue;
      }
      ++counts.encrypted;
      expect_no_token(text_or_json(vector["jwe"]), nullptr);
    }
  }
  EXPECT_EQ(counts.all(), file->stated_count());
  counts.report();
}

// ---- The examples of the RFCs

// Judges one signature of an example, which is good by definition.
void check_example(const test::Vector& jwk, const std::string& algorithm, const Jws& jws, Counts& counts) {
  SCOPED_TRACE(jws.signed_text);
  const bool is_ours = algorithm == "HS256" || algorithm == "RS256" || algorithm == "ES256";
  if (!test::is_kind_of_token_key(jwk)) {
    ++counts.no_key;
    EXPECT_FALSE(is_ours);
    return;
  }
  const auto key = test::token_key_of(jwk);
  ASSERT_TRUE(key);
  ++(is_ours ? counts.good : counts.other_algorithm);
  EXPECT_EQ(is_good(**key, jws), is_ours);
  if (!is_ours) return;
  std::string changed = jws.signed_text;
  changed.back() = changed.back() == 'x' ? 'y' : 'x';
  EXPECT_FALSE(is_good(**key, {changed, jws.signature}));
  expect_no_token(jws.signed_text + '.' + test::base64url_of(jws.signature), key->get());
  // What signs by the private key is checked by the public one.
  if (jwk.text("kty") == "oct" || !jwk.has("d")) return;
  const auto signer = test::load_private(test::private_pem_of(jwk));
  ASSERT_TRUE(signer) << signer.error().detail;
  EXPECT_EQ(test::check_signature(**key, jws.signed_text, test::signature_of(**signer, jws.signed_text)), Status::ok);
}

using Json = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

Json parse_json(const std::string& text) { return Json(cJSON_Parse(text.c_str()), cJSON_Delete); }

TEST(JoseVectors, OfRfc7515) {
  SWT_OPEN_VECTORS(file, "rfc/rfc7515_7517_files.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  const auto text_of = [&](std::string_view id) {
    for (const test::Vector& vector : file->tests()) {
      if (vector.text("id") == id) return vector.text("text");
    }
    throw std::out_of_range("an example is missing");
  };
  Counts counts;
  // Every text, whatever it is, as a token.
  size_t offered = 0;
  for (const test::Vector& vector : file->tests()) {
    expect_no_token(vector.text("text"), nullptr);
    ++offered;
  }
  // The key of A.1 stands in RFC 7517, A.3.
  const Json secrets = parse_json(text_of("rfc7517_A.3.jwkset"));
  const Json rsa = parse_json(text_of("rfc7515_A.2.jwk"));
  const Json ec = parse_json(text_of("rfc7515_A.3.jwk"));
  check_example(test::Vector(secrets.get())["keys"].items()[1], "HS256", *parse_compact(text_of("rfc7515_A.1.jwsc")),
                counts);
  check_example(test::Vector(ec.get()), "ES256", *parse_compact(text_of("rfc7515_A.3.jwsc")), counts);
  const auto check_json = [&](const test::Vector& jwk, const std::string& algorithm, const std::string& payload,
                              const test::Vector& part) {
    check_example(jwk, algorithm,
                  {part.text("protected") + '.' + payload, test::from_base64url(part.text("signature"))}, counts);
  };
  const Json general = parse_json(text_of("rfc7515_A.6.jwsg"));
  const test::Vector general_jws(general.get());
  check_json(test::Vector(rsa.get()), "RS256", general_jws.text("payload"), general_jws["signatures"].items()[0]);
  check_json(test::Vector(ec.get()), "ES256", general_jws.text("payload"), general_jws["signatures"].items()[1]);
  const Json flat = parse_json(text_of("rfc7515_A.7.jwsf"));
  check_json(test::Vector(ec.get()), "ES256", test::Vector(flat.get()).text("payload"), test::Vector(flat.get()));
  EXPECT_EQ(counts.good, 5u);
  test::report_vectors({{"offered as tokens, all refused", offered}, {"signatures good", counts.good}});
}

TEST(JoseVectors, OfTheCookbook) {
  SWT_OPEN_VECTORS(file, "rfc/rfc7520_cookbook.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  Counts counts;
  size_t offered = 0;
  // Takes key, algorithm and signature of an example; where it has several, the one at a place.
  const auto check = [&](const test::Vector& key, const test::Vector& algorithm, const test::Vector& signing) {
    check_example(key, algorithm.text(), {signing.text("sig-input"), test::from_base64url(signing.text("sig"))},
                  counts);
  };
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const test::Vector content = vector["content"];
    for (const char* step : {"sign", "encrypt", ""}) {
      if (*step != '\0' && !content.has(step)) continue;
      const test::Vector example = *step != '\0' ? content[step] : content;
      if (!example.has("output")) continue;
      for (const test::Vector& form : example["output"].items()) {
        expect_no_token(text_or_json(form), nullptr);
        ++offered;
      }
      if (!example.has("signing")) continue;
      const test::Vector input = example["input"];
      if (example["signing"].has("sig")) {
        check(input["key"], input["alg"], example["signing"]);
        continue;
      }
      const std::vector<test::Vector> parts = example["signing"].items();
      for (size_t i = 0; i < parts.size(); ++i) check(input["key"].items()[i], input["alg"].items()[i], parts[i]);
    }
  }
  EXPECT_GT(counts.good, 0u);
  test::report_vectors({{"offered as tokens, all refused", offered},
                        {"signatures good", counts.good},
                        {"signatures of other algorithms, bad here", counts.other_algorithm},
                        {"of keys that are none here", counts.no_key}});
}

// ---- Project Wycheproof

TEST(JoseVectors, OfWycheproofsSignatures) { check_file("wycheproof/json_web_signature.json"); }
TEST(JoseVectors, OfWycheproofsEncryption) { check_file("wycheproof/json_web_encryption.json"); }
TEST(JoseVectors, OfWycheproofsBoth) { check_file("wycheproof/json_web_crypto.json"); }
TEST(JoseVectors, OfWycheproofsKeySets) { check_file("wycheproof/json_web_key.json"); }

}  // namespace
}  // namespace swt
