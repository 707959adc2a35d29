// DER, and ECDSA signatures in it, put together byte by byte: what OpenSSL would refuse to write can be written here.
#pragma once

#include <openssl/bn.h>

#include <memory>
#include <string>
#include <string_view>

#include "client_key.h"
#include "text.h"

namespace swt::test {

// tag, length in its shortest form, content
inline std::string der_element(char tag, std::string_view content) {
  require(content.size() < 65536, "DER lengths of two bytes at most");
  std::string out(1, tag);
  if (content.size() >= 256) out += {'\x82', static_cast<char>(content.size() >> 8)};
  else if (content.size() >= 128) out += '\x81';
  return out + static_cast<char>(content.size() & 0xFF) + std::string(content);
}

inline std::string der_sequence(std::string_view content) { return der_element('\x30', content); }

// The INTEGER of a non-negative number: no leading zero but the one that keeps it from being negative.
inline std::string der_integer(std::string_view big_endian) {
  while (big_endian.size() > 1 && big_endian[0] == '\0') big_endian.remove_prefix(1);
  const bool looks_negative = (static_cast<unsigned char>(big_endian[0]) & 0x80) != 0;
  return der_element('\x02', (looks_negative ? std::string(1, '\0') : std::string()) + std::string(big_endian));
}

inline std::string der_signature(std::string_view r, std::string_view s) {
  return der_sequence(der_integer(r) + der_integer(s));
}

struct SignatureNumbers {
  std::string r;  // 32 bytes each
  std::string s;
};

inline std::string padded(std::string_view number, size_t size) {
  while (number.size() > size && number[0] == '\0') number.remove_prefix(1);
  return std::string(size - number.size(), '\0') + std::string(number);
}

// Of a DER signature that is known to be good.
inline SignatureNumbers numbers_of(std::string_view der) {
  const size_t r_size = static_cast<unsigned char>(der[3]);
  const size_t s_size = static_cast<unsigned char>(der[5 + r_size]);
  return {padded(der.substr(4, r_size), 32), padded(der.substr(6 + r_size, s_size), 32)};
}

// a - b or a + b, of 32-byte numbers; 33 bytes
inline std::string sum_of(std::string_view a, std::string_view b, bool subtract = false) {
  const auto number = [](std::string_view bytes) {
    return std::unique_ptr<BIGNUM, decltype(&BN_free)>(
        BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), BN_free);
  };
  const auto left = number(a);
  const auto right = number(b);
  require((subtract ? BN_sub : BN_add)(left.get(), left.get(), right.get()) == 1, "a sum");
  std::string out(33, '\0');
  BN_bn2binpad(left.get(), reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  return out;
}

// The other good signature of the same key over the same message: (r, n - s). Anybody can make it.
inline std::string twin_of(std::string_view der) {
  const auto [r, s] = numbers_of(der);
  return der_signature(r, sum_of(from_hex(kP256OrderHex), s, true));
}

}  // namespace swt::test
