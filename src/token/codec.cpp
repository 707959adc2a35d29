#include "token/codec.h"

#include "base/base64url.h"
#include "base/time.h"

namespace swt {
namespace {

constexpr size_t kMaxHeaderSize = 512;

struct Parts {
  std::string_view header;
  std::string_view sealed;
  std::string_view signature;
  std::string_view signed_text;  // header "." sealed
};

// Exactly three parts, none empty. Looks for dots only: ten thousand of them cost no memory.
std::optional<Parts> split(std::string_view token) {
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                    token.substr(0, second)};
  if (parts.header.empty() || parts.sealed.empty() || parts.signature.empty()) return std::nullopt;
  return parts;
}

MutableBytes writable(std::string& text, size_t from = 0) {
  return MutableBytes{reinterpret_cast<uint8_t*>(text.data()), text.size()}.subspan(from);
}

Result<TokenHeader> open_header(const TokenKey& key, std::string_view part) {
  uint8_t json[kMaxHeaderSize];
  const std::optional<size_t> size = base64url::decoded_size(part.size());
  if (!size || *size > kMaxHeaderSize) return Status::token_malformed;
  const MutableBytes decoded = MutableBytes{json}.first(*size);
  if (!base64url::decode(part, decoded)) return Status::token_malformed;
  Result<TokenHeader> header = read_header(as_text(decoded));
  if (header && !is_algorithm_of(header->algorithm, key)) return Status::token_algorithm;
  return header;
}

Result<void> check_signature(const TokenKey& key, std::string_view text, std::string_view part) {
  uint8_t signature[kMaxSignatureSize];
  const std::optional<size_t> size = base64url::decoded_size(part.size());
  if (!size || *size > kMaxSignatureSize) return Status::token_malformed;
  const MutableBytes decoded = MutableBytes{signature}.first(*size);
  if (!base64url::decode(part, decoded)) return Status::token_malformed;
  return key.check_signature(as_bytes(text), decoded);
}

Result<std::string> open_payload(const TokenKey& key, std::string_view part) {
  const std::optional<std::string> sealed = base64url::decode(part);
  if (!sealed || sealed->size() <= kSealOverhead) return Status::token_malformed;
  std::string payload(sealed->size() - kSealOverhead, '\0');
  if (const Result<void> opened = key.open(as_bytes(*sealed), writable(payload)); !opened) return opened.error();
  return payload;
}

}  // namespace

Result<std::string> seal_token(const TokenKey& key, const Claims& claims, std::string_view data_json) {
  const std::string payload = write_payload(claims, data_json);
  std::string sealed(payload.size() + kSealOverhead, '\0');
  if (const Result<void> done = key.seal(as_bytes(payload), writable(sealed)); !done) return done.error();

  const std::string header = write_header({key.algorithm(), "", claims.type, claims.expires_at});
  std::string token;
  token.reserve(base64url::encoded_size(header.size()) + base64url::encoded_size(sealed.size()) +
                base64url::encoded_size(key.max_signature_size()) + 2);
  base64url::append(token, as_bytes(header));
  token += '.';
  base64url::append(token, as_bytes(sealed));

  uint8_t signature[kMaxSignatureSize];
  const Result<size_t> size = key.sign(as_bytes(token), MutableBytes{signature}.first(key.max_signature_size()));
  if (!size) return size.error();
  token += '.';
  base64url::append(token, MutableBytes{signature}.first(*size));
  if (token.size() > kMaxTokenSize) return Status::data_too_large;
  return token;
}

Result<OpenedToken> open_token(const TokenKey& key, std::string_view token, TokenType expected_type, int64_t now_s) {
  if (token.size() > kMaxTokenSize) return Status::token_malformed;
  const std::optional<Parts> parts = split(token);
  if (!parts) return Status::token_malformed;

  const Result<TokenHeader> header = open_header(key, parts->header);
  if (!header) return header.error();
  if (header->type != expected_type) return Status::token_type;
  if (header->expires_at <= now_s) return Status::token_expired;

  if (const Result<void> checked = check_signature(key, parts->signed_text, parts->signature); !checked) {
    return checked.error();
  }
  Result<std::string> payload = open_payload(key, parts->sealed);
  if (!payload) return payload.error();
  Result<Claims> claims = read_payload(*payload);
  if (!claims) return claims.error();
  if (claims->type != expected_type) return Status::token_type;
  if (claims->expires_at != header->expires_at) return Status::token_claims;
  if (const Result<void> judged = judge_times(*claims, now_s); !judged) return judged.error();
  return OpenedToken{*std::move(payload), *std::move(claims)};
}

Result<void> judge_times(const Claims& claims, int64_t now_s) {
  if (claims.expires_at <= now_s) return Status::token_expired;
  // Another process may have issued it just now, by a clock that is ahead.
  if (claims.issued_at > now_s + kClockErrorS) return Status::token_not_yet_valid;
  return {};
}

}  // namespace swt
