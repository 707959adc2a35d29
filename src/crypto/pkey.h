// The asymmetric keys of tokens as OpenSSL's objects, made from PEM after everything about them was checked. Included in
// src/crypto only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "crypto/openssl.h"

namespace swt {

// RSA or EC over P-256. What is wrong with one that is refused (key) stands in the error's detail.
// Of RSA: 2048 to 8192 bits, an odd exponent from 65537 to 64 bits (FIPS 186-5 section A.1.1; so 3 is refused), a modulus
// that passes the checks of SP 800-56B. Of EC: a point of the curve. Of a private key: parts that fit together.
Result<Pkey> private_key_from_pem(std::string_view pem);
Result<Pkey> public_key_from_pem(std::string_view pem);

// nullptr when OpenSSL fails.
Pkey public_half_of(EVP_PKEY* key);

}  // namespace swt
