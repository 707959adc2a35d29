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

Result<TokenHeader> open_header(std::string_view part) {
  uint8_t json[kMaxHeaderSize];
  const std::optional<size_t> size = base64url::decoded_size(part.size());
  if (!size || *size > kMaxHeaderSize) return Status::token_malformed;
  const MutableBytes decoded = MutableBytes{json}.first(*size);
  if (!base64url::decode(part, decoded)) return Status::token_malformed;
  return read_header(as_text(decoded));
}

// The key among the candidates that signed the token. token_authentication when none did.
Result<const RingKey*> find_signer(const KeyRing::Candidates& candidates, std::string_view text,
                                   std::string_view part) {
  uint8_t signature[kMaxSignatureSize];
  const std::optional<size_t> size = base64url::decoded_size(part.size());
  if (!size || *size > kMaxSignatureSize) return Status::token_malformed;
  const MutableBytes decoded = MutableBytes{signature}.first(*size);
  if (!base64url::decode(part, decoded)) return Status::token_malformed;
  for (size_t i = 0; i < candidates.count; ++i) {
    const RingKey* candidate = candidates.keys[i];
    const Result<void> checked = candidate->key->check_signature(as_bytes(text), decoded);
    if (checked) return candidate;
    if (checked.error().status != Status::token_authentication) return checked.error();
  }
  return Status::token_authentication;
}

Result<std::string> open_payload(const TokenKey& key, std::string_view part) {
  const std::optional<std::string> sealed = base64url::decode(part);
  if (!sealed || sealed->size() <= kSealOverhead) return Status::token_malformed;
  std::string payload(sealed->size() - kSealOverhead, '\0');
  if (const Result<void> opened = key.open(as_bytes(*sealed), writable(payload)); !opened) return opened.error();
  return payload;
}

// The signature has been found good: what is inside is as its signer wrote it.
Result<OpenedToken> open_signed(const RingKey& signer, const Parts& parts, const TokenHeader& header) {
  Result<std::string> payload = open_payload(*signer.key, parts.sealed);
  if (!payload) return payload.error();
  Result<ReadPayload> read = read_payload(*payload);
  if (!read) return read.error();
  if (read->claims.type != header.type) return Status::token_type;
  if (read->claims.expires_at != header.expires_at) return Status::token_claims;
  const size_t data_at = static_cast<size_t>(read->data_json.data() - payload->data());
  const size_t data_size = read->data_json.size();
  return OpenedToken{*std::move(payload), std::move(read->claims), signer.id, data_at, data_size};
}

Result<OpenedToken> open_checked(const KeyRing& keys, std::string_view token, std::optional<TokenType> expected_type,
                                 int64_t now_s, int64_t leeway_s) {
  if (token.size() > kMaxTokenSize) return Status::token_malformed;
  const std::optional<Parts> parts = split(token);
  if (!parts) return Status::token_malformed;

  const Result<TokenHeader> header = open_header(parts->header);
  if (!header) return header.error();
  const Result<KeyRing::Candidates> candidates = keys.candidates(*header, now_s);
  if (!candidates) return candidates.error();
  if (expected_type && header->type != *expected_type) return Status::token_type;
  if (header->expires_at <= now_s - leeway_s) return Status::token_expired;

  const Result<const RingKey*> signer = find_signer(*candidates, parts->signed_text, parts->signature);
  if (!signer) return signer.error();
  Result<OpenedToken> opened = open_signed(**signer, *parts, *header);
  if (!opened) return opened.error();
  if (const Result<void> judged = judge_times(opened->claims, now_s, leeway_s); !judged) return judged.error();
  return opened;
}

}  // namespace

Result<std::string> seal_token(const RingKey& signer, const Claims& claims, std::string_view data_json) {
  const TokenKey& key = *signer.key;
  const std::string payload = write_payload(claims, data_json);
  std::string sealed(payload.size() + kSealOverhead, '\0');
  if (const Result<void> done = key.seal(as_bytes(payload), writable(sealed)); !done) return done.error();

  const std::string header = write_header({key.algorithm(), signer.id, claims.type, claims.expires_at});
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

Result<OpenedToken> open_token(const KeyRing& keys, std::string_view token, TokenType expected_type, int64_t now_s,
                               int64_t leeway_s) {
  return open_checked(keys, token, expected_type, now_s, leeway_s);
}

Result<OpenedToken> open_any_token(const KeyRing& keys, std::string_view token, int64_t now_s) {
  return open_checked(keys, token, std::nullopt, now_s, 0);
}

std::string_view signed_part(std::string_view token) { return token.substr(0, token.rfind('.')); }

Result<void> judge_times(const Claims& claims, int64_t now_s, int64_t leeway_s) {
  if (claims.expires_at <= now_s - leeway_s) return Status::token_expired;
  // Another process may have issued it just now, by a clock that is ahead.
  if (claims.issued_at > now_s + kClockErrorS) return Status::token_not_yet_valid;
  return {};
}

}  // namespace swt
