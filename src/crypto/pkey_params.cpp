#include "crypto/pkey_params.h"

#include <openssl/crypto.h>
#include <openssl/params.h>

namespace swt {
namespace {

struct ParamsDeleter {
  void operator()(OSSL_PARAM* params) const {
    for (OSSL_PARAM* param = params; param->key != nullptr; ++param) OPENSSL_cleanse(param->data, param->data_size);
    OSSL_PARAM_free(params);
  }
};
using Params = std::unique_ptr<OSSL_PARAM, ParamsDeleter>;

Pkey new_key(const char* type, int selection, const Params& params) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(openssl().context, type, nullptr));
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return Pkey(key);
}

}  // namespace

bool PkeyParams::add_text(const char* name, const char* text) {
  return builder_ && OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, text, 0) == 1;
}

bool PkeyParams::add_bytes(const char* name, Bytes bytes) {
  return builder_ && OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, bytes.data(), bytes.size()) == 1;
}

bool PkeyParams::add_number(const char* name, const BIGNUM* number) {
  return builder_ && OSSL_PARAM_BLD_push_BN(builder_.get(), name, number) == 1;
}

Pkey PkeyParams::make(const char* type, int selection) {
  return new_key(type, selection, Params(OSSL_PARAM_BLD_to_param(builder_.get())));
}

Pkey public_half_of(const EVP_PKEY* key) {
  OSSL_PARAM* params = nullptr;
  if (EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params) != 1) return nullptr;
  return new_key(EVP_PKEY_get0_type_name(key), EVP_PKEY_PUBLIC_KEY, Params(params));
}

}  // namespace swt
