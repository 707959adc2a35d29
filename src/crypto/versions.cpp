#include "crypto/versions.h"

#include <openssl/crypto.h>
#include <sodium.h>

namespace swt {

std::string crypto_versions() {
  return std::string(OpenSSL_version(OPENSSL_VERSION)) + ", libsodium " + sodium_version_string();
}

}  // namespace swt
