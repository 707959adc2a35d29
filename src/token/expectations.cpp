#include "token/expectations.h"

#include <algorithm>

#include "base/ids.h"
#include "base/time.h"

namespace swt {
namespace {

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<void> check_expectations(const Expectations& expected) {
  const bool are_names = std::all_of(expected.audiences.begin(), expected.audiences.end(), is_name) &&
                         std::all_of(expected.issuers.begin(), expected.issuers.end(), is_name) &&
                         (expected.subject.empty() || is_name(expected.subject));
  if (!are_names) return Error(Status::argument, "an audience, issuer or subject has 1 to 256 bytes of UTF-8");
  if (expected.leeway_s < 0 || expected.leeway_s > kClockErrorS) {
    return Error(Status::argument, "leeway_s must be between 0 and 300");
  }
  if (expected.max_age_s < 0 || expected.max_age_s > kMaxSafeInteger) {
    return Error(Status::argument, "max_age_s is out of range");
  }
  return {};
}

Result<void> judge_claims(const Claims& claims, const Expectations& expected, int64_t now_s) {
  const auto is_expected = [&](const std::string& audience) { return contains(expected.audiences, audience); };
  const bool is_for_us = expected.audiences.empty()
                             ? claims.audiences.empty()
                             : std::any_of(claims.audiences.begin(), claims.audiences.end(), is_expected);
  if (!is_for_us) return Status::token_audience;
  if (!expected.issuers.empty() && !contains(expected.issuers, claims.issuer)) return Status::token_issuer;
  if (!expected.subject.empty() && claims.subject != expected.subject) return Status::token_subject;
  const bool is_too_old = expected.max_age_s > 0 && now_s - claims.issued_at > expected.max_age_s + expected.leeway_s;
  if (is_too_old) return Status::token_age;
  return {};
}

}  // namespace swt
