#include "dpop/proof.h"

#include <algorithm>
#include <string>

#include "base/base64url.h"
#include "base/ids.h"
#include "base/json_reader.h"
#include "base/json_tree.h"
#include "crypto/hash.h"
#include "crypto/p256.h"
#include "crypto/secure_bytes.h"
#include "dpop/jwk.h"

namespace swt {
namespace {

constexpr int kMaxProofDepth = 8;

struct Envelope {
  std::string_view jwk;
  std::string_view payload;
  std::string_view signature;
};

struct Payload {
  std::string_view url;
  std::string_view method;
  std::string_view token_hash;  // ath
  std::string_view id;          // jti
  int64_t timestamp = 0;
};

// The envelope's members are a closed set: a second payload under another name must not look signed to another reader.
bool read_envelope(JsonReader& reader, Envelope& out) {
  JsonObject object(reader);
  std::string_view name;
  while (object.next(name)) {
    bool is_read = false;
    if (name == "jwk") is_read = reader.peek() == JsonReader::Kind::object && reader.skip(&out.jwk);
    else if (name == "payload") is_read = reader.read_string(out.payload);
    else if (name == "signature") is_read = reader.read_string(out.signature);
    if (!is_read) return false;
  }
  return reader.at_end() && !out.jwk.empty() && !out.payload.empty() && !out.signature.empty();
}

// The signed members are a closed set too: a text that this key signed for something else must not pass for a proof.
bool read_payload(JsonReader& reader, Payload& out) {
  JsonObject object(reader);
  std::string_view name, nonce;
  bool has_timestamp = false;
  while (object.next(name)) {
    bool is_read = false;
    if (name == "url") is_read = reader.read_string(out.url);
    else if (name == "method") is_read = reader.read_string(out.method);
    else if (name == "timestamp") is_read = has_timestamp = reader.read_integer(out.timestamp);
    else if (name == "jti") is_read = reader.read_string(out.id) && is_token_id(out.id);
    else if (name == "ath") is_read = reader.read_string(out.token_hash) && is_thumbprint(out.token_hash);
    else if (name == "nonce") is_read = reader.read_string(nonce) && is_token_id(nonce);
    if (!is_read) return false;
  }
  return reader.at_end() && !out.url.empty() && !out.method.empty() && has_timestamp && out.timestamp >= 0;
}

Result<void> check_time(const Payload& payload, const ProofExpectation& expected) {
  const int64_t future = payload.id.empty() ? kLegacyProofFutureS : kProofFutureS;
  // Both are within ±2^53, so the difference is too.
  const int64_t age = expected.now_s - payload.timestamp;
  if (age > kProofPastS || age < -future) return Status::proof_time;
  return {};
}

// ath binds the proof to one token (RFC 9449 section 4.3): else the same key could use it with another account's.
Result<void> check_token_hash(const Payload& payload, const ProofExpectation& expected) {
  if (payload.token_hash.empty()) return {};
  Sha256 digest{};
  if (!sha256(as_bytes(expected.token), digest)) return Status::internal_crypto;
  const std::string hash = base64url::encode(digest);
  if (!equal_in_constant_time(as_bytes(hash), as_bytes(payload.token_hash))) return Status::proof_token;
  return {};
}

Result<void> check_target(const Payload& payload, const ProofExpectation& expected) {
  if (payload.method != expected.method) return Status::proof_method;
  if (!proof_url_matches(payload.url, expected.target)) return Status::proof_url;
  return {};
}

// What a proof is spent under. Only what its key has signed goes in, so that no new wrapping makes a new proof: its id
// for that place, or, where it has none, its text and the r of its signature, which (r, s) and (r, n - s) share and which
// two honest proofs of one second do not.
Result<CheckedProof> spend_under(const Payload& payload, std::string_view text, std::string_view thumbprint,
                                 const P256Scalar& r) {
  std::string input;
  const auto add = [&](std::string_view part) {
    input += std::to_string(part.size());
    input += ':';
    input += part;
  };
  add(thumbprint);
  if (payload.id.empty()) {
    add(text);
    add(as_text(r));
  } else {
    add(payload.method);
    add(payload.url);
    add(payload.id);
  }
  Sha256 digest{};
  if (!sha256(as_bytes(input), digest)) return Status::internal_crypto;
  CheckedProof checked;
  std::copy_n(digest.begin(), checked.id.size(), checked.id.begin());
  return checked;
}

}  // namespace

Result<CheckedProof> check_proof(std::string_view proof, const ProofExpectation& expected) {
  if (proof.empty() || proof.size() > kMaxProofSize) return Status::proof_malformed;
  const std::optional<std::string> json = base64url::decode(proof);
  if (!json) return Status::proof_malformed;
  JsonReader envelope_reader(*json, kMaxProofDepth);
  Envelope envelope;
  if (!read_envelope(envelope_reader, envelope)) return Status::proof_malformed;
  JsonReader payload_reader(envelope.payload, 1);
  Payload payload;
  if (!read_payload(payload_reader, payload)) return Status::proof_malformed;
  const std::optional<std::string> signature = base64url::decode(envelope.signature);
  if (!signature) return Status::proof_malformed;

  const std::optional<JsonTree> jwk = JsonTree::parse_object(envelope.jwk, kMaxJwkDepth);
  if (!jwk) return Status::proof_malformed;
  const Result<ClientKey> key = read_client_key(jwk->root());
  if (!key) return key.error().status == Status::client_key ? Status::proof_malformed : key.error().status;
  if (expected.thumbprint && !equal_in_constant_time(as_bytes(key->thumbprint), as_bytes(*expected.thumbprint))) {
    return Status::proof_binding;
  }

  const bool without_jti = payload.id.empty();
  const bool not_compared = expected.method.empty();
  if ((without_jti || not_compared) && !expected.accept_legacy) return Status::proof_legacy;
  if (const Result<void> checked = check_time(payload, expected); !checked) return checked.error();
  if (!not_compared) {
    if (const Result<void> checked = check_target(payload, expected); !checked) return checked.error();
  }
  if (const Result<void> checked = check_token_hash(payload, expected); !checked) return checked.error();

  const Result<P256PublicKey> point = P256PublicKey::from_coordinates(key->x, key->y);
  if (!point) return point.error().status == Status::client_key ? Status::proof_malformed : point.error().status;
  const Result<P256Scalar> r = point->check_signature(as_bytes(envelope.payload), as_bytes(*signature));
  if (!r) return r.error();

  Result<CheckedProof> checked = spend_under(payload, envelope.payload, key->thumbprint, *r);
  if (!checked) return checked.error();
  checked->thumbprint = key->thumbprint;
  checked->without_jti = without_jti;
  checked->not_compared = not_compared;
  return checked;
}

}  // namespace swt
