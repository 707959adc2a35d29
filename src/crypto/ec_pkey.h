// EC keys over P-256 as OpenSSL's objects. Included in src/crypto only.
#pragma once

#include "base/result.h"
#include "crypto/key_structure.h"
#include "crypto/openssl.h"

namespace swt {

// A point of the curve, or a number from 1 to n - 1 and, if it is there, the point that belongs to it. key, with a detail.
Result<Pkey> make_ec_key(const EcNumbers& numbers);

}  // namespace swt
