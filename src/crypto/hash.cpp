#include "crypto/hash.h"

#include "crypto/openssl.h"

namespace swt {

bool sha256(Bytes input, Sha256& out) {
  const ErrorQueueGuard guard;
  return EVP_Digest(input.data(), input.size(), out.data(), nullptr, openssl().sha256, nullptr) == 1;
}

}  // namespace swt
