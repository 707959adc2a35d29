// The outcome of every operation, numbered as in swt.h, where the classes and the codes are described.
#pragma once

#include <cstdint>

namespace swt {

enum class Status : int32_t {
  ok = 0,

  argument = 101,
  state = 102,
  unsupported = 103,
  handle = 104,
  key = 105,
  secret_too_short = 106,
  user_id = 107,
  data = 108,
  data_too_large = 109,
  lifetime = 110,
  client_key = 111,
  store_required = 112,
  key_id = 113,

  token_malformed = 201,
  token_algorithm = 202,
  token_key = 203,
  token_authentication = 204,
  token_expired = 205,
  token_not_yet_valid = 206,
  token_audience = 207,
  token_type = 208,
  token_claims = 209,
  token_legacy = 210,
  token_issuer = 211,
  token_subject = 212,
  token_age = 213,

  proof_missing = 301,
  proof_malformed = 302,
  proof_signature = 303,
  proof_binding = 304,
  proof_method = 305,
  proof_url = 306,
  proof_time = 307,
  proof_replayed = 308,
  proof_token = 309,
  proof_legacy = 310,

  session_missing = 351,
  session_revoked = 352,
  session_mismatch = 353,
  session_user = 354,
  session_binding = 355,

  refresh_superseded = 356,
  refresh_reused = 357,

  store_timeout = 401,
  store_connection = 402,
  store_protocol = 403,
  store_full = 404,
  store_refused = 405,

  internal_memory = 501,
  internal_crypto = 502,
  internal_bug = 503,
};

// What a status is called, what it says, and which error of RFC 6750 or RFC 9449 a 401 carries for it ("" for none).
struct StatusText {
  const char* name;
  const char* message;
  const char* challenge;
};

const StatusText& status_text(Status status);

constexpr int32_t status_class(Status status) { return static_cast<int32_t>(status) / 100; }
constexpr bool is_unavailable(Status status) { return status_class(status) == 4; }

}  // namespace swt
