// RSA keys as OpenSSL's objects. Included in src/crypto only.
#pragma once

#include "base/result.h"
#include "crypto/key_structure.h"
#include "crypto/openssl.h"

namespace swt {

// Of 2048 to 8192 bits, with an odd public exponent of 65537 to 64 bits (FIPS 186-5 section A.1.1, so 3 is refused), and
// a modulus that not everybody can factor. Of a private key, all parts fit together. key, with a detail.
Result<Pkey> make_rsa_key(const RsaNumbers& numbers);

}  // namespace swt
