#include "dpop/jwk.h"

#include "base/base64url.h"
#include "crypto/hash.h"

namespace swt {
namespace {

bool read_coordinate(const JsonNode& jwk, const char* name, P256Scalar& out) {
  const std::optional<std::string_view> text = jwk.member(name).string();
  return text && base64url::decode(*text, out);
}

// RFC 7638 section 3: the required members only, in lexicographic order, without white space.
Result<std::string> thumbprint_of(const P256Scalar& x, const P256Scalar& y) {
  const std::string canonical =
      R"({"crv":"P-256","kty":"EC","x":")" + base64url::encode(x) + R"(","y":")" + base64url::encode(y) + R"("})";
  Sha256 digest{};
  if (!sha256(as_bytes(canonical), digest)) return Status::internal_crypto;
  return base64url::encode(digest);
}

}  // namespace

Result<ClientKey> read_client_key(const JsonNode& jwk) {
  if (!jwk.is_object()) return Error(Status::client_key, "the client's key is not a JSON object");
  if (jwk.member("kty").string() != "EC" || jwk.member("crv").string() != "P-256") {
    return Error(Status::client_key, "the client's key is not a P-256 key");
  }
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.member(name).exists()) return Error(Status::client_key, "the client's key has private members");
  }
  // A key is taken from the text alone; nothing is ever fetched.
  for (const char* name : {"jku", "x5u", "x5c"}) {
    if (jwk.member(name).exists()) return Error(Status::client_key, "the client's key refers to a key elsewhere");
  }
  const JsonNode algorithm = jwk.member("alg");
  const JsonNode use = jwk.member("use");
  const JsonNode operations = jwk.member("key_ops");
  const bool is_for_signatures = (!algorithm.exists() || algorithm.string() == "ES256") &&
                                 (!use.exists() || use.string() == "sig") &&
                                 (!operations.exists() || operations.is_array_of_one("verify"));
  if (!is_for_signatures) return Error(Status::client_key, "the client's key is not meant for ES256 signatures");

  ClientKey key{};
  if (!read_coordinate(jwk, "x", key.x) || !read_coordinate(jwk, "y", key.y)) {
    return Error(Status::client_key, "a coordinate of the client's key is not 32 bytes in base64url");
  }
  Result<std::string> thumbprint = thumbprint_of(key.x, key.y);
  if (!thumbprint) return thumbprint.error();
  key.thumbprint = *std::move(thumbprint);
  return key;
}

Result<ClientKey> read_and_check_client_key(std::string_view json) {
  if (json.size() > kMaxJwkSize) return Error(Status::client_key, "the client's key is over 2048 bytes");
  const std::optional<JsonTree> tree = JsonTree::parse_object(json, kMaxJwkDepth);
  if (!tree) return Error(Status::client_key, "the client's key is not a JSON object");
  Result<ClientKey> key = read_client_key(tree->root());
  if (!key) return key.error();
  const Result<P256PublicKey> point = P256PublicKey::from_coordinates(key->x, key->y);
  if (!point) return Error(point.error().status, "the client's key is no point of P-256");
  return key;
}

}  // namespace swt
