// Proofs as a client makes them, and as an attacker would like to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client_key.h"
#include "dpop/proof.h"
#include "text.h"

namespace swt::test {

inline constexpr int64_t kNowS = 1800000000;

struct ProofFields {
  std::string url = "/api/profile";
  std::string method = "GET";
  int64_t timestamp = kNowS;
  std::string jti = "proof-1";  // empty: none, as 3.0.1 makes them
  std::string ath;
  std::string nonce;

  std::string payload() const {
    std::string json = R"({"url":)" + in_quotes(url) + R"(,"method":)" + in_quotes(method) + R"(,"timestamp":)" +
                       std::to_string(timestamp);
    if (!jti.empty()) json += R"(,"jti":)" + in_quotes(jti);
    if (!ath.empty()) json += R"(,"ath":)" + in_quotes(ath);
    if (!nonce.empty()) json += R"(,"nonce":)" + in_quotes(nonce);
    return json + '}';
  }
};

// The envelope before it is encoded. payload is the text, signature the bytes.
inline std::string envelope_of(std::string_view jwk, std::string_view payload, std::string_view signature) {
  return R"({"jwk":)" + std::string(jwk) + R"(,"payload":)" + in_quotes(payload) + R"(,"signature":")" +
         base64url_of(signature) + R"("})";
}

inline std::string proof_of(std::string_view jwk, std::string_view payload, std::string_view signature) {
  return base64url_of(envelope_of(jwk, payload, signature));
}

// A whole proof around any payload text.
inline std::string signed_proof(const ClientKey& key, std::string_view payload) {
  return proof_of(key.jwk(), payload, key.sign(payload));
}

inline std::string make_proof(const ClientKey& key, const ProofFields& fields = {}) {
  return signed_proof(key, fields.payload());
}

// What the proofs above fit.
inline ProofExpectation expectation_for(std::string_view thumbprint) {
  return {"token.of.request", thumbprint, "GET", RequestTarget{"/api/profile", std::nullopt}, kNowS, false};
}

}  // namespace swt::test
