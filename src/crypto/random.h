// Random numbers, straight from the kernel: there is no state in this process that a fork, a second thread or a restored
// snapshot of the machine could make repeat itself. Repeating one iv would give the key of AES-GCM's authentication away.
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
