#include "base/status.h"

#include <array>
#include <string>

#include "base/json_tree.h"
#include "capi/boundary.h"
#include "crypto/versions.h"

using swt::Status;

// The numbers of swt.h and those of the core are the same ones.
static_assert(SWT_OK == static_cast<int32_t>(Status::ok));
static_assert(SWT_ERR_ARGUMENT == static_cast<int32_t>(Status::argument));
static_assert(SWT_ERR_STATE == static_cast<int32_t>(Status::state));
static_assert(SWT_ERR_UNSUPPORTED == static_cast<int32_t>(Status::unsupported));
static_assert(SWT_ERR_HANDLE == static_cast<int32_t>(Status::handle));
static_assert(SWT_ERR_KEY == static_cast<int32_t>(Status::key));
static_assert(SWT_ERR_SECRET_TOO_SHORT == static_cast<int32_t>(Status::secret_too_short));
static_assert(SWT_ERR_USER_ID == static_cast<int32_t>(Status::user_id));
static_assert(SWT_ERR_DATA == static_cast<int32_t>(Status::data));
static_assert(SWT_ERR_DATA_TOO_LARGE == static_cast<int32_t>(Status::data_too_large));
static_assert(SWT_ERR_LIFETIME == static_cast<int32_t>(Status::lifetime));
static_assert(SWT_ERR_CLIENT_KEY == static_cast<int32_t>(Status::client_key));
static_assert(SWT_ERR_STORE_REQUIRED == static_cast<int32_t>(Status::store_required));
static_assert(SWT_ERR_KEY_ID == static_cast<int32_t>(Status::key_id));
static_assert(SWT_REJECTED_TOKEN_MALFORMED == static_cast<int32_t>(Status::token_malformed));
static_assert(SWT_REJECTED_TOKEN_ALGORITHM == static_cast<int32_t>(Status::token_algorithm));
static_assert(SWT_REJECTED_TOKEN_KEY == static_cast<int32_t>(Status::token_key));
static_assert(SWT_REJECTED_TOKEN_AUTHENTICATION == static_cast<int32_t>(Status::token_authentication));
static_assert(SWT_REJECTED_TOKEN_EXPIRED == static_cast<int32_t>(Status::token_expired));
static_assert(SWT_REJECTED_TOKEN_NOT_YET_VALID == static_cast<int32_t>(Status::token_not_yet_valid));
static_assert(SWT_REJECTED_TOKEN_AUDIENCE == static_cast<int32_t>(Status::token_audience));
static_assert(SWT_REJECTED_TOKEN_TYPE == static_cast<int32_t>(Status::token_type));
static_assert(SWT_REJECTED_TOKEN_CLAIMS == static_cast<int32_t>(Status::token_claims));
static_assert(SWT_REJECTED_TOKEN_LEGACY == static_cast<int32_t>(Status::token_legacy));
static_assert(SWT_REJECTED_TOKEN_ISSUER == static_cast<int32_t>(Status::token_issuer));
static_assert(SWT_REJECTED_TOKEN_SUBJECT == static_cast<int32_t>(Status::token_subject));
static_assert(SWT_REJECTED_TOKEN_AGE == static_cast<int32_t>(Status::token_age));
static_assert(SWT_REJECTED_PROOF_MISSING == static_cast<int32_t>(Status::proof_missing));
static_assert(SWT_REJECTED_PROOF_MALFORMED == static_cast<int32_t>(Status::proof_malformed));
static_assert(SWT_REJECTED_PROOF_SIGNATURE == static_cast<int32_t>(Status::proof_signature));
static_assert(SWT_REJECTED_PROOF_BINDING == static_cast<int32_t>(Status::proof_binding));
static_assert(SWT_REJECTED_PROOF_METHOD == static_cast<int32_t>(Status::proof_method));
static_assert(SWT_REJECTED_PROOF_URL == static_cast<int32_t>(Status::proof_url));
static_assert(SWT_REJECTED_PROOF_TIME == static_cast<int32_t>(Status::proof_time));
static_assert(SWT_REJECTED_PROOF_REPLAYED == static_cast<int32_t>(Status::proof_replayed));
static_assert(SWT_REJECTED_PROOF_TOKEN == static_cast<int32_t>(Status::proof_token));
static_assert(SWT_REJECTED_PROOF_LEGACY == static_cast<int32_t>(Status::proof_legacy));
static_assert(SWT_REJECTED_SESSION_MISSING == static_cast<int32_t>(Status::session_missing));
static_assert(SWT_REJECTED_SESSION_REVOKED == static_cast<int32_t>(Status::session_revoked));
static_assert(SWT_REJECTED_SESSION_MISMATCH == static_cast<int32_t>(Status::session_mismatch));
static_assert(SWT_REJECTED_SESSION_USER == static_cast<int32_t>(Status::session_user));
static_assert(SWT_REJECTED_SESSION_BINDING == static_cast<int32_t>(Status::session_binding));
static_assert(SWT_REJECTED_REFRESH_SUPERSEDED == static_cast<int32_t>(Status::refresh_superseded));
static_assert(SWT_REJECTED_REFRESH_REUSED == static_cast<int32_t>(Status::refresh_reused));
static_assert(SWT_UNAVAILABLE_TIMEOUT == static_cast<int32_t>(Status::store_timeout));
static_assert(SWT_UNAVAILABLE_CONNECTION == static_cast<int32_t>(Status::store_connection));
static_assert(SWT_UNAVAILABLE_PROTOCOL == static_cast<int32_t>(Status::store_protocol));
static_assert(SWT_UNAVAILABLE_FULL == static_cast<int32_t>(Status::store_full));
static_assert(SWT_UNAVAILABLE_REFUSED == static_cast<int32_t>(Status::store_refused));
static_assert(SWT_INTERNAL_MEMORY == static_cast<int32_t>(Status::internal_memory));
static_assert(SWT_INTERNAL_CRYPTO == static_cast<int32_t>(Status::internal_crypto));
static_assert(SWT_INTERNAL_BUG == static_cast<int32_t>(Status::internal_bug));

extern "C" {

uint32_t swt_abi_version(void) { return SWT_ABI_VERSION; }

const char* swt_version_details(void) {
  // An array, because it needs no destructor: the text stays good while the process exits.
  using Details = std::array<char, 256>;
  try {
    static const Details details = [] {
      const std::string text = std::string("secure-web-token ") + SWT_VERSION + ", " + swt::crypto_versions() +
                               ", cJSON " + swt::json_library_version();
      Details copied{};
      text.copy(copied.data(), copied.size() - 1);
      return copied;
    }();
    return details.data();
  } catch (...) {
    return "secure-web-token " SWT_VERSION;
  }
}

swt_bytes swt_text(const char* nul_terminated) {
  if (nul_terminated == nullptr) return {nullptr, 0};
  return swt::capi::view_of(nul_terminated);
}

int32_t swt_status_class(swt_status status) { return swt::status_class(static_cast<Status>(status)); }
const char* swt_status_name(swt_status status) { return swt::status_text(static_cast<Status>(status)).name; }
const char* swt_status_message(swt_status status) { return swt::status_text(static_cast<Status>(status)).message; }
const char* swt_status_challenge(swt_status status) { return swt::status_text(static_cast<Status>(status)).challenge; }

}  // extern "C"
