// The requests of the operations, read as C gives them: structs of any version, texts, "not given" told from "given and
// empty". The views in them are the caller's.
#pragma once

#include <cstdint>

#include "engine/engine.h"
#include "swt/swt.h"

namespace swt::capi {

// now_ms is left alone when the request cannot be read.
Result<SignRequest> read_request(const swt_sign_request* given, int64_t& now_ms);
Result<VerifyRequest> read_request(const swt_verify_request* given, int64_t& now_ms);
Result<RefreshRequest> read_request(const swt_refresh_request* given, int64_t& now_ms);

}  // namespace swt::capi
