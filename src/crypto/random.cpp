#include "crypto/random.h"

#include <unistd.h>

#include <array>

#include "base/base64url.h"

namespace swt {

bool random_bytes(MutableBytes out) {
  constexpr size_t kMostAtOnce = 256;  // getentropy(3)
  while (!out.empty()) {
    const MutableBytes part = out.first(out.size() < kMostAtOnce ? out.size() : kMostAtOnce);
    if (getentropy(part.data(), part.size()) != 0) return false;
    out = out.subspan(part.size());
  }
  return true;
}

Result<std::string> random_uuid() {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<uint8_t, 16> bits{};
  if (!random_bytes(bits)) return Error(Status::internal_crypto, "no random numbers are to be had");
  bits[6] = static_cast<uint8_t>((bits[6] & 0x0F) | 0x40);  // version 4
  bits[8] = static_cast<uint8_t>((bits[8] & 0x3F) | 0x80);  // variant of RFC 9562
  std::string uuid;
  uuid.reserve(36);
  for (size_t i = 0; i < bits.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid.push_back('-');
    uuid.push_back(kHex[bits[i] >> 4]);
    uuid.push_back(kHex[bits[i] & 15]);
  }
  return uuid;
}

Result<std::string> random_id() {
  std::array<uint8_t, 16> bits{};
  if (!random_bytes(bits)) return Error(Status::internal_crypto, "no random numbers are to be had");
  return base64url::encode(bits);
}

}  // namespace swt
