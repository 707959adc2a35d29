// HMAC-SHA-256 (RFC 2104, FIPS 198-1): who can check a signature can make one.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/secure_bytes.h"
#include "crypto/signature.h"

namespace swt {

Result<std::shared_ptr<const SignatureKey>> hmac_signature_key(SecureBytes secret);

}  // namespace swt
