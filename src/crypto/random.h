// Random numbers from OpenSSL's generator, which is seeded by the operating system and notices a fork.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace swt {

// False when there is no randomness to be had; then nothing may be signed.
[[nodiscard]] bool random_bytes(MutableBytes out);

// A random UUID, version 4 (RFC 9562 section 5.4): 122 random bits.
Result<std::string> random_uuid();

// 128 random bits in base64url, 22 characters.
Result<std::string> random_id();

}  // namespace swt
