#include "base/status.h"

namespace swt {
namespace {

struct Entry {
  Status status;
  StatusText text;
};

constexpr const char* kToken = "invalid_token";
constexpr const char* kProof = "invalid_dpop_proof";

// The sentences that begin with a capital letter are those of 3.0.1: applications compare with them.
constexpr Entry kEntries[] = {
    {Status::ok, {"ok", "ok", ""}},

    {Status::argument, {"argument", "an argument is missing or out of its range", ""}},
    {Status::state, {"state", "the operation does not fit the state of its object", ""}},
    {Status::unsupported, {"unsupported", "not supported by this version of the library", ""}},
    {Status::handle, {"handle", "a handle of another type was given", ""}},
    {Status::key, {"key", "the key cannot be used", ""}},
    {Status::secret_too_short, {"secret_too_short", "a secret must have at least 32 bytes", ""}},
    {Status::user_id, {"user_id", "userId must be a text of 1 to 256 bytes or a non-zero safe integer", ""}},
    {Status::data, {"data", "the data must be a JSON object without duplicate names, U+0000 or lone surrogates", ""}},
    {Status::data_too_large, {"data_too_large", "the data is over 8192 bytes or deeper than 16 levels", ""}},
    {Status::lifetime, {"lifetime", "a lifetime must be a whole number of seconds, at least 1", ""}},
    {Status::client_key, {"client_key", "the client's key must be a public P-256 key as a JWK", ""}},
    {Status::store_required, {"store_required", "this needs a store that can do it, and none is configured", ""}},
    {Status::key_id, {"key_id", "a kid has 1 to 128 visible ASCII characters but \" and \\, and is there once", ""}},

    {Status::token_malformed, {"token_malformed", "Invalid token format", kToken}},
    {Status::token_algorithm, {"token_algorithm", "the token names another algorithm than its key has", kToken}},
    {Status::token_key, {"token_key", "the key that signed the token is not known, or no longer", kToken}},
    {Status::token_authentication, {"token_authentication", "Invalid signature", kToken}},
    {Status::token_expired, {"token_expired", "Token expired", kToken}},
    {Status::token_not_yet_valid, {"token_not_yet_valid", "the token was issued in the future", kToken}},
    {Status::token_audience, {"token_audience", "the token is for another audience", kToken}},
    {Status::token_type, {"token_type", "the token is not of the type that belongs here", kToken}},
    {Status::token_claims, {"token_claims", "the token's claims are not what they must be", kToken}},
    {Status::token_legacy, {"token_legacy", "a token of 3.0.1, which is not accepted any more", kToken}},
    {Status::token_issuer, {"token_issuer", "the token is of another issuer", kToken}},
    {Status::token_subject, {"token_subject", "the token is about another subject", kToken}},
    {Status::token_age, {"token_age", "the token was issued too long ago", kToken}},

    {Status::proof_missing, {"proof_missing", "DPoP proof required for this token", kProof}},
    {Status::proof_malformed, {"proof_malformed", "the DPoP proof is malformed", kProof}},
    {Status::proof_signature, {"proof_signature", "the DPoP proof is not signed by its key", kProof}},
    {Status::proof_binding, {"proof_binding", "the DPoP proof is by a key that the token is not bound to", kProof}},
    {Status::proof_method, {"proof_method", "the DPoP proof was made for another method", kProof}},
    {Status::proof_url, {"proof_url", "the DPoP proof was made for another url", kProof}},
    {Status::proof_time, {"proof_time", "the DPoP proof is too old or dated ahead", kProof}},
    {Status::proof_replayed, {"proof_replayed", "the DPoP proof was used before", kProof}},
    {Status::proof_token, {"proof_token", "the DPoP proof was made for another token", kProof}},
    {Status::proof_legacy, {"proof_legacy", "the DPoP proof has no jti, or nothing to be compared with", kProof}},

    {Status::session_missing, {"session_missing", "Session revoked or invalid", kToken}},
    {Status::session_revoked, {"session_revoked", "Session revoked or invalid", kToken}},
    {Status::session_mismatch, {"session_mismatch", "Session revoked or invalid", kToken}},
    {Status::session_user, {"session_user", "User mismatch", kToken}},
    {Status::session_binding, {"session_binding", "the session is bound to another key", kToken}},

    {Status::refresh_superseded, {"refresh_superseded", "the refresh token was spent a moment ago", kToken}},
    {Status::refresh_reused, {"refresh_reused", "the refresh token was spent before: the session was revoked", kToken}},

    {Status::store_timeout, {"store_timeout", "the session store did not answer in time", ""}},
    {Status::store_connection, {"store_connection", "there is no connection to the session store", ""}},
    {Status::store_protocol, {"store_protocol", "the session store gave an answer that cannot be relied on", ""}},
    {Status::store_full, {"store_full", "the session store is full", ""}},
    {Status::store_refused, {"store_refused", "the session store refused the login or a command", ""}},

    {Status::internal_memory, {"internal_memory", "out of memory", ""}},
    {Status::internal_crypto, {"internal_crypto", "the cryptographic library failed", ""}},
    {Status::internal_bug, {"internal_bug", "an error inside the library", ""}},
};

constexpr StatusText kUnknown = {"unknown", "an unknown status", ""};

}  // namespace

const StatusText& status_text(Status status) {
  for (const Entry& entry : kEntries) {
    if (entry.status == status) return entry.text;
  }
  return kUnknown;
}

}  // namespace swt
