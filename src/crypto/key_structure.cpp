#include "crypto/key_structure.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "crypto/der_reader.h"

namespace swt {
namespace {

using namespace std::string_view_literals;

constexpr size_t kScalarSize = 32;

constexpr Error kMalformed(Status::key, "the key inside the PEM is malformed, or not what the PEM's first line says");

// Object identifiers, encoded
constexpr std::string_view kRsa = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"sv;  // 1.2.840.113549.1.1.1
constexpr std::string_view kEc = "\x2A\x86\x48\xCE\x3D\x02\x01"sv;           // 1.2.840.10045.2.1
constexpr std::string_view kP256 = "\x2A\x86\x48\xCE\x3D\x03\x01\x07"sv;     // 1.2.840.10045.3.1.7

constexpr const char* kIsEdwards =
    "this is an Ed25519, Ed448 or X25519 key; an RSA key or an EC key over P-256 is needed";

// Algorithms of keys that somebody might try, and why they are none here.
constexpr std::pair<std::string_view, const char*> kRefused[] = {
    {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"sv, "this RSA key is for PSS signatures only; a plain RSA key is needed"},
    {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x07"sv, "this RSA key is for encryption only; a plain RSA key is needed"},
    {"\x2A\x86\x48\xCE\x38\x04\x01"sv, "this is a DSA key; an RSA key or an EC key over P-256 is needed"},
    {"\x2B\x65\x6E"sv, kIsEdwards},  // X25519
    {"\x2B\x65\x6F"sv, kIsEdwards},  // X448
    {"\x2B\x65\x70"sv, kIsEdwards},  // Ed25519
    {"\x2B\x65\x71"sv, kIsEdwards},  // Ed448
};

// What one constructed element holds, which must be all that there is.
std::optional<DerReader> open_only(Bytes der, DerTag tag) {
  DerReader reader(der);
  const std::optional<Bytes> content = reader.read(tag);
  if (!content || !reader.at_end()) return std::nullopt;
  return DerReader(*content);
}

bool is_one(const std::optional<Bytes>& number) { return number && number->size() == 1 && number->front() == 1; }

// A BIT STRING of whole bytes, as every key's is.
std::optional<Bytes> read_bits(DerReader& reader) {
  const std::optional<Bytes> content = reader.read(DerTag::bit_string);
  if (!content || content->empty() || content->front() != 0) return std::nullopt;
  return content->subspan(1);
}

// ECParameters (RFC 5480 section 2.1.1): the curve by its name. Explicit parameters let the maker of a key choose the
// generator, and computing with somebody's own prime was an endless loop before OpenSSL 3.0.2 (CVE-2022-0778).
Result<void> read_curve(DerReader& reader) {
  if (reader.next_is(DerTag::sequence)) {
    return Error(Status::key, "the EC key has explicit curve parameters; it must name P-256 (prime256v1) instead");
  }
  const std::optional<Bytes> name = reader.read(DerTag::object_identifier);
  if (!name) return kMalformed;
  if (as_text(*name) != kP256) return Error(Status::key, "the EC key is not on the curve P-256 (prime256v1)");
  return {};
}

enum class KeyKind { rsa, ec };

// AlgorithmIdentifier
Result<KeyKind> read_algorithm(DerReader& reader) {
  const std::optional<Bytes> content = reader.read(DerTag::sequence);
  if (!content) return kMalformed;
  DerReader algorithm(*content);
  const std::optional<Bytes> identifier = algorithm.read(DerTag::object_identifier);
  if (!identifier) return kMalformed;
  for (const auto& [refused, why] : kRefused) {
    if (as_text(*identifier) == refused) return Error(Status::key, why);
  }
  if (as_text(*identifier) == kRsa) {
    const std::optional<Bytes> parameters = algorithm.read(DerTag::null);  // RFC 3279 section 2.3.1: NULL
    if (!parameters || !parameters->empty() || !algorithm.at_end()) return kMalformed;
    return KeyKind::rsa;
  }
  if (as_text(*identifier) != kEc) {
    return Error(Status::key, "the key is of an unknown kind; an RSA key or an EC key over P-256 is needed");
  }
  if (const Result<void> curve = read_curve(algorithm); !curve) return curve.error();
  if (!algorithm.at_end()) return kMalformed;
  return KeyKind::ec;
}

// RFC 8017 appendix A.1.1
Result<KeyNumbers> read_rsa_public(Bytes der) {
  std::optional<DerReader> reader = open_only(der, DerTag::sequence);
  if (!reader) return kMalformed;
  const std::optional<Bytes> n = reader->read_unsigned();
  const std::optional<Bytes> e = reader->read_unsigned();
  if (!n || !e || !reader->at_end()) return kMalformed;
  return KeyNumbers(RsaNumbers{*n, *e, std::nullopt});
}

// RFC 8017 appendix A.1.2. Version 1 has more than two primes; nobody makes such keys, and checking one is other work.
Result<KeyNumbers> read_rsa_private(Bytes der) {
  std::optional<DerReader> reader = open_only(der, DerTag::sequence);
  if (!reader) return kMalformed;
  const std::optional<Bytes> version = reader->read_unsigned();
  std::array<Bytes, 8> numbers;
  for (Bytes& number : numbers) {
    const std::optional<Bytes> read = reader->read_unsigned();
    if (!read) return kMalformed;
    number = *read;
  }
  if (is_one(version)) return Error(Status::key, "the RSA key has more than two primes");
  if (!version || !version->empty() || !reader->at_end()) return kMalformed;
  const auto& [n, e, d, p, q, dp, dq, qi] = numbers;
  return KeyNumbers(RsaNumbers{n, e, RsaPrivateNumbers{d, p, q, dp, dq, qi}});
}

// RFC 5915. Inside PKCS #8 the curve is named outside and need not be named again; alone it must be.
Result<KeyNumbers> read_ec_private(Bytes der, bool is_curve_named) {
  std::optional<DerReader> reader = open_only(der, DerTag::sequence);
  if (!reader) return kMalformed;
  const std::optional<Bytes> version = reader->read_unsigned();
  const std::optional<Bytes> scalar = reader->read(DerTag::octet_string);
  if (!is_one(version) || !scalar) return kMalformed;
  EcNumbers numbers{std::nullopt, *scalar};
  if (reader->next_is(DerTag::context_0)) {
    DerReader parameters(reader->read(DerTag::context_0).value_or(Bytes()));
    if (const Result<void> curve = read_curve(parameters); !curve) return curve.error();
    if (!parameters.at_end()) return kMalformed;
    is_curve_named = true;
  }
  if (reader->next_is(DerTag::context_1)) {
    DerReader point(reader->read(DerTag::context_1).value_or(Bytes()));
    numbers.point = read_bits(point);
    if (!numbers.point || !point.at_end()) return kMalformed;
  }
  // Old writers left leading zeros out.
  if (!reader->at_end() || scalar->size() > kScalarSize) return kMalformed;
  if (!is_curve_named) return Error(Status::key, "the EC key does not name its curve; it must name P-256 (prime256v1)");
  return KeyNumbers(numbers);
}

// RFC 5280 section 4.1
Result<KeyNumbers> read_public(Bytes der) {
  std::optional<DerReader> reader = open_only(der, DerTag::sequence);
  if (!reader) return kMalformed;
  const Result<KeyKind> kind = read_algorithm(*reader);
  if (!kind) return kind.error();
  const std::optional<Bytes> key = read_bits(*reader);
  if (!key || !reader->at_end()) return kMalformed;
  if (*kind == KeyKind::rsa) return read_rsa_public(*key);
  return KeyNumbers(EcNumbers{*key, std::nullopt});
}

// RFC 5208 section 5, and with it RFC 5958's version 0. Attributes say nothing about the key.
Result<KeyNumbers> read_pkcs8(Bytes der) {
  std::optional<DerReader> reader = open_only(der, DerTag::sequence);
  if (!reader) return kMalformed;
  const std::optional<Bytes> version = reader->read_unsigned();
  if (!version || !version->empty()) return kMalformed;
  const Result<KeyKind> kind = read_algorithm(*reader);
  if (!kind) return kind.error();
  const std::optional<Bytes> key = reader->read(DerTag::octet_string);
  if (!key) return kMalformed;
  if (reader->next_is(DerTag::context_0) && !reader->read(DerTag::context_0)) return kMalformed;
  if (!reader->at_end()) return kMalformed;
  return *kind == KeyKind::rsa ? read_rsa_private(*key) : read_ec_private(*key, true);
}

}  // namespace

Result<KeyNumbers> read_key_structure(KeyForm form, Bytes der) {
  switch (form) {
    case KeyForm::pkcs8_private: return read_pkcs8(der);
    case KeyForm::rsa_private: return read_rsa_private(der);
    case KeyForm::ec_private: return read_ec_private(der, false);
    case KeyForm::public_key: return read_public(der);
    case KeyForm::rsa_public: return read_rsa_public(der);
  }
  return Status::internal_bug;
}

Result<void> check_ec_parameters(Bytes der) {
  DerReader reader(der);
  if (const Result<void> curve = read_curve(reader); !curve) return curve.error();
  if (!reader.at_end()) return kMalformed;
  return {};
}

}  // namespace swt
