// The asymmetric keys of tokens, from PEM to OpenSSL's objects, with every check in between. Included in src/crypto only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "crypto/openssl.h"

namespace swt {

// RSA or EC over P-256, as read_pem, make_rsa_key and make_ec_key take them. key, with a detail that says what is wrong.
Result<Pkey> private_key_from_pem(std::string_view pem);
Result<Pkey> public_key_from_pem(std::string_view pem);

}  // namespace swt
