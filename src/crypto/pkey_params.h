// The numbers of a key on their way into OpenSSL. Included in src/crypto only.
#pragma once

#include <openssl/param_build.h>

#include "base/bytes.h"
#include "crypto/openssl.h"

namespace swt {

class PkeyParams {
 public:
  // Each is false when there is no memory left. What is added must live until make.
  [[nodiscard]] bool add_text(const char* name, const char* text);
  [[nodiscard]] bool add_bytes(const char* name, Bytes bytes);
  [[nodiscard]] bool add_number(const char* name, const BIGNUM* number);

  // A key of a type ("RSA", "EC") in our library context; nullptr when OpenSSL refuses the numbers. The copies that are
  // made of them on the way are wiped.
  Pkey make(const char* type, int selection);

 private:
  std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD_free>> builder_{OSSL_PARAM_BLD_new()};
};

// The half of a key that everybody may have; nullptr when OpenSSL fails.
Pkey public_half_of(const EVP_PKEY* key);

}  // namespace swt
