#include "crypto/pkey.h"

#include <variant>

#include "crypto/ec_pkey.h"
#include "crypto/key_structure.h"
#include "crypto/pem.h"
#include "crypto/rsa_pkey.h"

namespace swt {
namespace {

Result<Pkey> make(const PemKey& pem) {
  const ErrorQueueGuard guard;
  const Result<KeyNumbers> numbers = read_key_structure(pem.form, pem.der.bytes());
  if (!numbers) return numbers.error();
  if (const auto* rsa = std::get_if<RsaNumbers>(&*numbers)) return make_rsa_key(*rsa);
  return make_ec_key(std::get<EcNumbers>(*numbers));
}

}  // namespace

Result<Pkey> private_key_from_pem(std::string_view text) {
  const Result<PemKey> pem = read_pem(text);
  if (!pem) return pem.error();
  if (is_public(pem->form)) return Error(Status::key, "this is a public key; a private key is needed to sign");
  return make(*pem);
}

Result<Pkey> public_key_from_pem(std::string_view text) {
  const Result<PemKey> pem = read_pem(text);
  if (!pem) return pem.error();
  if (!is_public(pem->form)) {
    return Error(Status::key, "this is a private key; where tokens are only checked, its public key is enough");
  }
  return make(*pem);
}

}  // namespace swt
