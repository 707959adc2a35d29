#include "crypto/rsa_pkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <bit>
#include <cstdint>
#include <utility>

#include "crypto/pkey_params.h"

namespace swt {
namespace {

constexpr size_t kMinBits = 2048;
constexpr size_t kMaxBits = 8192;
constexpr uint64_t kMinExponent = 65537;

Bignum number_of(Bytes big_endian) {
  return Bignum(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
}

// Looks at the bytes only: nothing is computed with a number that is too long.
Result<void> check_sizes(const RsaNumbers& numbers) {
  const Bytes n = numbers.n;
  const size_t bits = n.empty() ? 0 : n.size() * 8 - static_cast<size_t>(std::countl_zero(n.front()));
  if (bits < kMinBits) return Error(Status::key, "the RSA key has fewer than 2048 bits");
  if (bits > kMaxBits) return Error(Status::key, "the RSA key has more than 8192 bits");
  if (numbers.e.size() > sizeof(uint64_t)) {
    return Error(Status::key, "the RSA key's public exponent has more than 64 bits; 65537 is the usual one");
  }
  uint64_t e = 0;
  for (const uint8_t byte : numbers.e) e = e << 8 | byte;
  if (e % 2 == 0) return Error(Status::key, "the RSA key's public exponent is even; 65537 is the usual one");
  if (e < kMinExponent)
    return Error(Status::key, "the RSA key's public exponent is below 65537, which is the usual one");
  return {};
}

// A key of the chips that made "ROCA" (CVE-2017-15361): its primes are powers of 65537 modulo every small prime, so the
// modulus is one too, and it can be factored. Of other keys, one in 200 million looks like that.
bool is_roca(const BIGNUM* n) {
  constexpr BN_ULONG kPrimes[] = {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157};
  for (const BN_ULONG prime : kPrimes) {
    const BN_ULONG rest = BN_mod_word(n, prime);
    BN_ULONG power = 1;
    do {
      power = power * 65537 % prime;
    } while (power != rest && power != 1);
    if (power != rest) return false;
  }
  return true;
}

// Whoever can factor the modulus can sign. OpenSSL refuses one that is a prime, a power of a prime or divisible by a small
// one (SP 800-56B section 6.4.2.2).
Result<void> check_modulus(EVP_PKEY* key, const BIGNUM* n) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl().context, key, nullptr));
  if (!context) return Status::internal_memory;
  if (EVP_PKEY_public_check(context.get()) != 1) {
    return Error(Status::key, "the RSA key's modulus is no product of two large primes");
  }
  if (is_roca(n))
    return Error(Status::key, "the RSA key was made by a broken chip (ROCA) and can be factored; replace it");
  return {};
}

struct PrivateBignums {
  explicit PrivateBignums(const RsaPrivateNumbers& numbers)
      : d(number_of(numbers.d)),
        p(number_of(numbers.p)),
        q(number_of(numbers.q)),
        dp(number_of(numbers.dp)),
        dq(number_of(numbers.dq)),
        qi(number_of(numbers.qi)) {}

  bool are_made() const { return d && p && q && dp && dq && qi; }

  bool add_to(PkeyParams& params) const {
    return params.add_number(OSSL_PKEY_PARAM_RSA_D, d.get()) &&
           params.add_number(OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()) &&
           params.add_number(OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()) &&
           params.add_number(OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()) &&
           params.add_number(OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()) &&
           params.add_number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi.get());
  }

  const Bignum d, p, q, dp, dq, qi;
};

// RFC 8017 section 3.2: n = p q; d is dp modulo p - 1 and dq modulo q - 1, and both undo e there; qi undoes q modulo p.
// OpenSSL signs with p, q, dp, dq and qi, and with d when the result is wrong: a good signature says that one of the two
// is right, and not that both are.
bool do_fit(const BIGNUM* n, const BIGNUM* e, const PrivateBignums& secret) {
  const BignumContext context(BN_CTX_new_ex(openssl().context));
  const Bignum result(BN_new());
  const Bignum order(BN_new());
  if (!context || !result || !order) return false;
  const auto is_exponent = [&](const BIGNUM* prime, const BIGNUM* exponent) {
    return BN_sub(order.get(), prime, BN_value_one()) == 1 &&
           BN_mod(result.get(), secret.d.get(), order.get(), context.get()) == 1 &&
           BN_cmp(result.get(), exponent) == 0 &&
           BN_mod_mul(result.get(), e, exponent, order.get(), context.get()) == 1 && BN_is_one(result.get());
  };
  const bool is_product =
      BN_mul(result.get(), secret.p.get(), secret.q.get(), context.get()) == 1 && BN_cmp(result.get(), n) == 0;
  const bool is_coefficient =
      BN_cmp(secret.qi.get(), secret.p.get()) < 0 &&
      BN_mod_mul(result.get(), secret.q.get(), secret.qi.get(), secret.p.get(), context.get()) == 1 &&
      BN_is_one(result.get());
  return is_product && is_coefficient && BN_cmp(secret.d.get(), n) < 0 &&
         is_exponent(secret.p.get(), secret.dp.get()) && is_exponent(secret.q.get(), secret.dq.get());
}

}  // namespace

Result<Pkey> make_rsa_key(const RsaNumbers& numbers) {
  if (const Result<void> checked = check_sizes(numbers); !checked) return checked.error();
  const Bignum n = number_of(numbers.n);
  const Bignum e = number_of(numbers.e);
  PkeyParams params;
  if (!n || !e || !params.add_number(OSSL_PKEY_PARAM_RSA_N, n.get()) ||
      !params.add_number(OSSL_PKEY_PARAM_RSA_E, e.get())) {
    return Status::internal_memory;
  }
  int selection = EVP_PKEY_PUBLIC_KEY;
  std::optional<PrivateBignums> secret;
  if (numbers.private_part) {
    selection = EVP_PKEY_KEYPAIR;
    secret.emplace(*numbers.private_part);
    if (!secret->are_made() || !secret->add_to(params)) return Status::internal_memory;
    if (!do_fit(n.get(), e.get(), *secret))
      return Error(Status::key, "the parts of the private key do not fit together");
  }
  Pkey key = params.make("RSA", selection);
  if (!key) return Status::internal_crypto;
  if (const Result<void> checked = check_modulus(key.get(), n.get()); !checked) return checked.error();
  return key;
}

}  // namespace swt
