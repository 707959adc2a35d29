#include "crypto/openssl.h"

#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <new>

namespace swt {
namespace {

// True when libcrypto is linked into the same binary as this code, as in the Node addon. Then it is ours alone.
bool libcrypto_is_private() {
  Dl_info ours{};
  Dl_info theirs{};
  if (dladdr(reinterpret_cast<void*>(&openssl), &ours) == 0) return false;
  if (dladdr(reinterpret_cast<void*>(&OPENSSL_init_crypto), &theirs) == 0) return false;
  return ours.dli_fbase == theirs.dli_fbase;
}

Openssl load() {
  // A private libcrypto reads no configuration meant for the host's, and is not torn down by exit() while a worker thread
  // still uses it. One that is shared with the host is left as the host has it.
  if (libcrypto_is_private()) OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);

  const ErrorQueueGuard guard;
  Openssl loaded;
  loaded.context = OSSL_LIB_CTX_new();
  if (loaded.context == nullptr) throw std::bad_alloc();
  loaded.aes_256_gcm = EVP_CIPHER_fetch(loaded.context, "AES-256-GCM", nullptr);
  loaded.sha256 = EVP_MD_fetch(loaded.context, "SHA2-256", nullptr);
  loaded.hmac = EVP_MAC_fetch(loaded.context, OSSL_MAC_NAME_HMAC, nullptr);
  if (loaded.aes_256_gcm != nullptr && loaded.sha256 != nullptr && loaded.hmac != nullptr) return loaded;

  // Every OpenSSL has these three, so it lacks memory. The exception leaves the static unmade: the next use tries again.
  EVP_CIPHER_free(loaded.aes_256_gcm);
  EVP_MD_free(loaded.sha256);
  EVP_MAC_free(loaded.hmac);
  OSSL_LIB_CTX_free(loaded.context);
  throw std::bad_alloc();
}

}  // namespace

const Openssl& openssl() {
  static const Openssl loaded = load();
  return loaded;
}

}  // namespace swt
