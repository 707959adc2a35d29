// What a caller expects a token to say, beyond being good.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "token/claims.h"

namespace swt {

struct Expectations {
  std::vector<std::string_view> audiences;  // one of them; empty: the token must have none (RFC 7519 section 4.1.3)
  std::vector<std::string_view> issuers;    // one of them; empty: any, or none
  std::string_view subject;                 // empty: any, or none
  int64_t leeway_s = 0;                     // how long past its exp it is still good
  int64_t max_age_s = 0;                    // how long ago it may have been issued; 0: as long as it lives
};

// argument, for a setting that cannot be meant.
Result<void> check_expectations(const Expectations& expected);

// token_audience, token_issuer, token_subject, token_age.
Result<void> judge_claims(const Claims& claims, const Expectations& expected, int64_t now_s);

}  // namespace swt
