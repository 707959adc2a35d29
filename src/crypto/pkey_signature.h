// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) and ECDSA over P-256 (FIPS 186-5 section 6), both with SHA-256. Included in
// src/crypto only.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/openssl.h"
#include "crypto/signature.h"

namespace swt {

// Signs and checks. A first signature is made and checked here: key, when it is not good.
Result<std::shared_ptr<const SignatureKey>> private_signature_key(Pkey key);

// Checks only.
Result<std::shared_ptr<const SignatureKey>> public_signature_key(Pkey key);

}  // namespace swt
