#include "crypto/pkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <bit>
#include <initializer_list>
#include <utility>

#include "crypto/key_structure.h"
#include "crypto/p256.h"
#include "crypto/pem.h"

namespace swt {
namespace {

constexpr size_t kMinRsaBits = 2048;
constexpr size_t kMaxRsaBits = 8192;
constexpr uint64_t kMinRsaExponent = 65537;
constexpr size_t kUncompressedPointSize = 1 + 2 * kP256Size;
constexpr size_t kCompressedPointSize = 1 + kP256Size;

constexpr Error kDoesNotFit(Status::key, "the parts of the private key do not fit together");
constexpr Error kBadPoint(Status::key, "the EC key's point is no point of P-256 in the forms of RFC 5480");

// The numbers of a private key are among its parameters.
struct ParamsDeleter {
  void operator()(OSSL_PARAM* params) const {
    for (OSSL_PARAM* param = params; param->key != nullptr; ++param) OPENSSL_cleanse(param->data, param->data_size);
    OSSL_PARAM_free(params);
  }
};
using Params = std::unique_ptr<OSSL_PARAM, ParamsDeleter>;
using ParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD_free>>;

Bignum number_of(Bytes big_endian) {
  return Bignum(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
}

Pkey make_key(const char* type, int selection, OSSL_PARAM* params) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(openssl().context, type, nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) return nullptr;
  return Pkey(key);
}

// ---- RSA

// Looks at the sizes only: nothing is computed with a number of any length.
Result<void> check_rsa_sizes(const RsaNumbers& rsa) {
  const size_t bits = rsa.n.empty() ? 0 : rsa.n.size() * 8 - static_cast<size_t>(std::countl_zero(rsa.n.front()));
  if (bits < kMinRsaBits) return Error(Status::key, "the RSA key has fewer than 2048 bits");
  if (bits > kMaxRsaBits) return Error(Status::key, "the RSA key has more than 8192 bits");
  if (rsa.e.size() > sizeof(uint64_t)) return Error(Status::key, "the RSA key's public exponent has more than 64 bits");
  uint64_t e = 0;
  for (const uint8_t byte : rsa.e) e = e << 8 | byte;
  if (e % 2 == 0) return Error(Status::key, "the RSA key's public exponent is even");
  if (e < kMinRsaExponent) return Error(Status::key, "the RSA key's public exponent is below 65537");
  return {};
}

struct RsaBignums {
  Bignum n, e, d, p, q, dp, dq, qi;
};

bool has_all(const std::initializer_list<const Bignum*>& numbers) {
  for (const Bignum* number : numbers) {
    if (!*number) return false;
  }
  return true;
}

// RFC 8017 section 3.2, second representation: n = p q, e dp = 1 mod (p - 1), e dq = 1 mod (q - 1), q qi = 1 mod p; and
// d is the same exponent. OpenSSL signs with p, q, dp, dq and qi, or, when the result is wrong, with d: a signature alone
// would show only that one of the two is good.
bool do_fit(const RsaBignums& rsa, BN_CTX* context) {
  const Bignum left(BN_new());
  const Bignum less_one(BN_new());
  if (!left || !less_one) return false;
  const bool is_product =
      BN_mul(left.get(), rsa.p.get(), rsa.q.get(), context) == 1 && BN_cmp(left.get(), rsa.n.get()) == 0;
  const auto is_exponent = [&](const BIGNUM* prime, const BIGNUM* exponent) {
    return BN_sub(less_one.get(), prime, BN_value_one()) == 1 &&
           BN_mod(left.get(), rsa.d.get(), less_one.get(), context) == 1 && BN_cmp(left.get(), exponent) == 0 &&
           BN_mod_mul(left.get(), rsa.e.get(), exponent, less_one.get(), context) == 1 && BN_is_one(left.get());
  };
  return is_product && BN_cmp(rsa.d.get(), rsa.n.get()) < 0 && is_exponent(rsa.p.get(), rsa.dp.get()) &&
         is_exponent(rsa.q.get(), rsa.dq.get()) && BN_cmp(rsa.qi.get(), rsa.p.get()) < 0 &&
         BN_mod_mul(left.get(), rsa.q.get(), rsa.qi.get(), rsa.p.get(), context) == 1 && BN_is_one(left.get());
}

// A modulus that is a prime, a power of one or divisible by a small number can be signed for by everybody.
bool is_modulus_sound(EVP_PKEY* key) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl().context, key, nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

Result<Pkey> make_rsa(const RsaNumbers& numbers) {
  if (const Result<void> checked = check_rsa_sizes(numbers); !checked) return checked.error();
  const bool is_private = numbers.private_part.has_value();
  const RsaPrivateNumbers& secret = is_private ? *numbers.private_part : RsaPrivateNumbers{};
  const RsaBignums rsa{number_of(numbers.n), number_of(numbers.e), number_of(secret.d),  number_of(secret.p),
                       number_of(secret.q),  number_of(secret.dp), number_of(secret.dq), number_of(secret.qi)};
  const BignumContext context(BN_CTX_new_ex(openssl().context));
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  if (!context || !builder || !has_all({&rsa.n, &rsa.e, &rsa.d, &rsa.p, &rsa.q, &rsa.dp, &rsa.dq, &rsa.qi})) {
    return Status::internal_memory;
  }
  if (is_private && !do_fit(rsa, context.get())) return kDoesNotFit;

  const std::pair<const char*, const Bignum*> all[] = {
      {OSSL_PKEY_PARAM_RSA_N, &rsa.n},          {OSSL_PKEY_PARAM_RSA_E, &rsa.e},
      {OSSL_PKEY_PARAM_RSA_D, &rsa.d},          {OSSL_PKEY_PARAM_RSA_FACTOR1, &rsa.p},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, &rsa.q},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, &rsa.dp},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, &rsa.dq}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &rsa.qi},
  };
  const size_t count = is_private ? std::size(all) : 2;
  for (size_t i = 0; i < count; ++i) {
    if (OSSL_PARAM_BLD_push_BN(builder.get(), all[i].first, all[i].second->get()) != 1) return Status::internal_memory;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  if (!params) return Status::internal_memory;
  Pkey key = make_key("RSA", is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params.get());
  if (!key) return Status::internal_crypto;
  if (!is_modulus_sound(key.get()))
    return Error(Status::key, "the RSA key's modulus is no product of two large primes");
  return key;
}

// ---- EC

bool is_point_form(Bytes point) {
  // RFC 5480 section 2.2: no hybrid form, and not the point at infinity.
  if (point.size() == kUncompressedPointSize) return point.front() == 0x04;
  return point.size() == kCompressedPointSize && (point.front() == 0x02 || point.front() == 0x03);
}

// The curve with room for the point of a key.
struct Curve {
  EcGroup group{EC_GROUP_new_by_curve_name_ex(openssl().context, nullptr, NID_X9_62_prime256v1)};
  BignumContext context{BN_CTX_new_ex(openssl().context)};
  EcPoint point{group ? EC_POINT_new(group.get()) : nullptr};
  EcPoint stated{group ? EC_POINT_new(group.get()) : nullptr};

  bool is_made() const { return group && context && point && stated; }
};

// The point of a private key is computed, and one that came with it must be the same: a signer and its verifiers would
// otherwise go by different keys.
Result<void> derive_point(Curve& curve, const BIGNUM* scalar, const std::optional<Bytes>& stated) {
  const bool is_in_range = !BN_is_zero(scalar) && BN_cmp(scalar, EC_GROUP_get0_order(curve.group.get())) < 0;
  if (!is_in_range) return Error(Status::key, "the EC key's private number is out of its range");
  if (EC_POINT_mul(curve.group.get(), curve.point.get(), scalar, nullptr, nullptr, curve.context.get()) != 1) {
    return Status::internal_crypto;
  }
  if (!stated) return {};
  const bool is_point =
      is_point_form(*stated) && EC_POINT_oct2point(curve.group.get(), curve.stated.get(), stated->data(),
                                                   stated->size(), curve.context.get()) == 1;
  if (!is_point) return kBadPoint;
  if (EC_POINT_cmp(curve.group.get(), curve.point.get(), curve.stated.get(), curve.context.get()) != 0)
    return kDoesNotFit;
  return {};
}

Result<Pkey> make_ec_key(Bytes point, const BIGNUM* scalar) {
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  const bool is_filled =
      builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
      (scalar == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  const Params params(is_filled ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
  if (!params) return Status::internal_memory;
  // Refuses a point off the curve and a coordinate that is not below the field's prime.
  Pkey key = make_key("EC", scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params.get());
  if (!key) return kBadPoint;
  return key;
}

Result<Pkey> make_ec(const EcNumbers& numbers) {
  if (!numbers.scalar) {
    if (!numbers.point || !is_point_form(*numbers.point)) return kBadPoint;
    return make_ec_key(*numbers.point, nullptr);
  }
  const Bignum scalar = number_of(*numbers.scalar);
  Curve curve;
  if (!scalar || !curve.is_made()) return Status::internal_memory;
  if (const Result<void> derived = derive_point(curve, scalar.get(), numbers.point); !derived) return derived.error();
  std::array<uint8_t, kUncompressedPointSize> point{};
  if (EC_POINT_point2oct(curve.group.get(), curve.point.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(),
                         point.size(), curve.context.get()) != point.size()) {
    return Status::internal_crypto;
  }
  return make_ec_key(point, scalar.get());
}

bool is_public(KeyForm form) { return form == KeyForm::public_key || form == KeyForm::rsa_public; }

Result<Pkey> make(const PemKey& pem) {
  const ErrorQueueGuard guard;
  const Result<KeyNumbers> numbers = read_key_structure(pem.form, pem.der.bytes());
  if (!numbers) return numbers.error();
  if (const auto* rsa = std::get_if<RsaNumbers>(&*numbers)) return make_rsa(*rsa);
  return make_ec(std::get<EcNumbers>(*numbers));
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

Pkey public_half_of(EVP_PKEY* key) {
  const ErrorQueueGuard guard;
  OSSL_PARAM* params = nullptr;
  if (EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params) != 1) return nullptr;
  const Params owner(params);
  return make_key(EVP_PKEY_get0_type_name(key), EVP_PKEY_PUBLIC_KEY, params);
}

}  // namespace swt
