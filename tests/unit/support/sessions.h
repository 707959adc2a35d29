// Sessions and questions about them, as tests need them again and again.
#pragma once

#include <string>

#include "session/question.h"

namespace swt::test {

inline constexpr const char* kSessionId = "c94dc9c9-fcf8-4396-8aca-66b911000d9c";
inline constexpr const char* kOtherSessionId = "11111111-2222-4333-8444-555555555555";
inline constexpr const char* kThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
inline constexpr const char* kOtherThumbprint = "x4bBYZ9vUTI9MboLfj1FuSMrI-sh5I8nTTPhZCHmDac";

inline Session alice() { return {kSessionId, R"("alice")", ""}; }
inline Session bound_alice() { return {kSessionId, R"("alice")", kThumbprint}; }

// A session id for each number.
inline std::string numbered_session_id(int number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline RegisterQuestion registration_of(const Session& session) { return {session, 1799999000000, ""}; }

inline VerifyQuestion verification_of(const Session& session) { return {session, "", "", 0}; }

inline VerifyQuestion verification_with_proof(const Session& session, const std::string& proof_id,
                                              const std::string& attempt, int64_t proof_life_ms = 1200000) {
  return {session, proof_id, attempt, proof_life_ms};
}

}  // namespace swt::test
