#include "crypto/ec_pkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include <array>

#include "crypto/p256.h"
#include "crypto/pkey_params.h"

namespace swt {
namespace {

constexpr size_t kUncompressedSize = 1 + 2 * kP256Size;
constexpr size_t kCompressedSize = 1 + kP256Size;

constexpr Error kBadPoint(Status::key, "the EC key's point is no point of P-256 in the forms of RFC 5480");

// RFC 5480 section 2.2: no hybrid form, and not the point at infinity.
bool is_point_form(Bytes point) {
  if (point.size() == kUncompressedSize) return point.front() == 0x04;
  return point.size() == kCompressedSize && (point.front() == 0x02 || point.front() == 0x03);
}

Result<Pkey> make_key(Bytes point, const BIGNUM* scalar) {
  PkeyParams params;
  const bool is_filled = params.add_text(OSSL_PKEY_PARAM_GROUP_NAME, "P-256") &&
                         params.add_bytes(OSSL_PKEY_PARAM_PUB_KEY, point) &&
                         (scalar == nullptr || params.add_number(OSSL_PKEY_PARAM_PRIV_KEY, scalar));
  if (!is_filled) return Status::internal_memory;
  // Refuses a point off the curve and a coordinate that is not below the field's prime.
  Pkey key = params.make("EC", scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR);
  if (!key) return kBadPoint;
  return key;
}

// The curve, and room for points of it.
struct Curve {
  EcGroup group{EC_GROUP_new_by_curve_name_ex(openssl().context, nullptr, NID_X9_62_prime256v1)};
  BignumContext context{BN_CTX_new_ex(openssl().context)};
  EcPoint derived{group ? EC_POINT_new(group.get()) : nullptr};
  EcPoint stated{group ? EC_POINT_new(group.get()) : nullptr};

  bool is_made() const { return group && context && derived && stated; }
};

// A key whose point belongs to another number signs what its own public half refuses.
Result<void> check_point(Curve& curve, Bytes stated) {
  const bool is_point =
      is_point_form(stated) &&
      EC_POINT_oct2point(curve.group.get(), curve.stated.get(), stated.data(), stated.size(), curve.context.get()) == 1;
  if (!is_point) return kBadPoint;
  if (EC_POINT_cmp(curve.group.get(), curve.derived.get(), curve.stated.get(), curve.context.get()) != 0) {
    return Error(Status::key, "the parts of the private key do not fit together");
  }
  return {};
}

// The point is derived from the number, whether it came along or not.
Result<Pkey> make_private_key(Bytes scalar_bytes, const std::optional<Bytes>& stated) {
  const Bignum scalar(BN_bin2bn(scalar_bytes.data(), static_cast<int>(scalar_bytes.size()), nullptr));
  Curve curve;
  if (!scalar || !curve.is_made()) return Status::internal_memory;
  const bool is_in_range =
      !BN_is_zero(scalar.get()) && BN_cmp(scalar.get(), EC_GROUP_get0_order(curve.group.get())) < 0;
  if (!is_in_range) return Error(Status::key, "the EC key's private number is out of its range");

  std::array<uint8_t, kUncompressedSize> point{};
  const bool is_derived =
      EC_POINT_mul(curve.group.get(), curve.derived.get(), scalar.get(), nullptr, nullptr, curve.context.get()) == 1 &&
      EC_POINT_point2oct(curve.group.get(), curve.derived.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(),
                         point.size(), curve.context.get()) == point.size();
  if (!is_derived) return Status::internal_crypto;
  if (stated) {
    if (const Result<void> checked = check_point(curve, *stated); !checked) return checked.error();
  }
  return make_key(point, scalar.get());
}

}  // namespace

Result<Pkey> make_ec_key(const EcNumbers& numbers) {
  if (numbers.scalar) return make_private_key(*numbers.scalar, numbers.point);
  if (!numbers.point || !is_point_form(*numbers.point)) return kBadPoint;
  return make_key(*numbers.point, nullptr);
}

}  // namespace swt
