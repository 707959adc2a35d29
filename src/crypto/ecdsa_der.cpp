#include "crypto/ecdsa_der.h"

#include <algorithm>

#include "crypto/der_reader.h"

namespace swt {
namespace {

// The order of the group, and half of it, rounded down (SEC 2 section 2.4.2).
constexpr P256Scalar kOrder = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                               0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                               0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
constexpr P256Scalar kHalfOrder = {0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B,
                                   0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8};

bool read_scalar(DerReader& reader, P256Scalar& out) {
  const std::optional<Bytes> number = reader.read_unsigned();
  if (!number || number->size() > out.size()) return false;
  std::copy(number->begin(), number->end(), out.end() - static_cast<ptrdiff_t>(number->size()));
  return true;
}

// Writes an INTEGER and gives its size.
size_t write_scalar(const P256Scalar& scalar, MutableBytes out) {
  const auto first = std::find_if(scalar.begin(), scalar.end() - 1, [](uint8_t byte) { return byte != 0; });
  const size_t zeros = *first >= 0x80 ? 1 : 0;  // or it would be negative
  const size_t size = zeros + static_cast<size_t>(scalar.end() - first);
  out[0] = static_cast<uint8_t>(DerTag::integer);
  out[1] = static_cast<uint8_t>(size);
  out[2] = 0;
  std::copy(first, scalar.end(), out.begin() + 2 + static_cast<ptrdiff_t>(zeros));
  return 2 + size;
}

}  // namespace

std::optional<EcdsaNumbers> read_ecdsa_der(Bytes der) {
  if (der.size() > kMaxEcdsaDerSize) return std::nullopt;
  DerReader outer(der);
  const std::optional<Bytes> content = outer.read(DerTag::sequence);
  if (!content || !outer.at_end()) return std::nullopt;
  DerReader inner(*content);
  EcdsaNumbers numbers{};
  if (!read_scalar(inner, numbers.r) || !read_scalar(inner, numbers.s) || !inner.at_end()) return std::nullopt;
  return numbers;
}

size_t write_ecdsa_der(const EcdsaNumbers& numbers, MutableBytes out) {
  const size_t r_size = write_scalar(numbers.r, out.subspan(2));
  const size_t s_size = write_scalar(numbers.s, out.subspan(2 + r_size));
  out[0] = static_cast<uint8_t>(DerTag::sequence);
  out[1] = static_cast<uint8_t>(r_size + s_size);
  return 2 + r_size + s_size;
}

EcdsaNumbers with_low_s(const EcdsaNumbers& numbers) {
  if (numbers.s <= kHalfOrder) return numbers;
  EcdsaNumbers low = numbers;
  int borrow = 0;
  for (size_t i = kP256Size; i-- > 0;) {
    const int difference = kOrder[i] - numbers.s[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    low.s[i] = static_cast<uint8_t>(difference);
  }
  return low;
}

}  // namespace swt
