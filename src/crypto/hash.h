#pragma once

#include <array>

#include "base/bytes.h"

namespace swt {

inline constexpr size_t kSha256Size = 32;
using Sha256 = std::array<uint8_t, kSha256Size>;

// False when OpenSSL fails.
[[nodiscard]] bool sha256(Bytes input, Sha256& out);

}  // namespace swt
