// OpenSSL, as this room uses it: a library context of our own, algorithms fetched once, owners for what it allocates.
// Included in src/crypto only.
#pragma once

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

#include "base/bytes.h"

namespace swt {

template <auto free_function>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpensslDeleter<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, OpensslDeleter<EVP_MAC_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using Bignum = std::unique_ptr<BIGNUM, OpensslDeleter<BN_clear_free>>;
using BignumContext = std::unique_ptr<BN_CTX, OpensslDeleter<BN_CTX_free>>;
using EcGroup = std::unique_ptr<EC_GROUP, OpensslDeleter<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, OpensslDeleter<EC_POINT_clear_free>>;

// The library context is our own, so that no openssl.cnf and no other user of OpenSSL in this process can swap an
// algorithm; fetching each one by name at every use would cost as much again as using it.
struct Openssl {
  OSSL_LIB_CTX* context = nullptr;
  EVP_CIPHER* aes_256_gcm = nullptr;
  EVP_MD* sha256 = nullptr;
  EVP_MAC* hmac = nullptr;
};

// Made at the first use and never freed: other threads may still be at work when the process exits. Throws bad_alloc when
// there is no memory for it.
const Openssl& openssl();

// Leaves OpenSSL's per-thread error queue as it was found.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() { ERR_set_mark(); }
  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

}  // namespace swt
