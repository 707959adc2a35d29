// The texts that name things: users, sessions, keys, tokens, proofs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace swt {

inline constexpr size_t kMaxUserIdSize = 256;
inline constexpr size_t kSessionIdSize = 36;
inline constexpr size_t kThumbprintSize = 43;
inline constexpr size_t kMaxTokenIdSize = 128;
inline constexpr size_t kMaxKeyIdSize = 128;
inline constexpr size_t kMaxNameSize = 256;

// A session id is a UUID in lower case (RFC 9562 section 4). It comes from a cookie and becomes part of a key of the
// store, so nothing else may pass for one.
bool is_session_id(std::string_view text);

// The SHA-256 thumbprint of a key in base64url (RFC 7638).
bool is_thumbprint(std::string_view text);

// The jti of a token or of a proof: 1 to 128 visible ASCII characters.
bool is_token_id(std::string_view text);

// The kid of a key: 1 to 128 visible ASCII characters that need no escape in JSON.
bool is_key_id(std::string_view text);

// An issuer, a subject, an audience (RFC 7519 section 4.1): 1 to 256 bytes of UTF-8, compared byte for byte.
bool is_name(std::string_view text);

// A user id as its canonical JSON text: each user has one, and the text "7" and the number 7 are two users.
// nullopt for a text that is empty or over 256 bytes, and for zero.
std::optional<std::string> user_id_json(std::string_view text);
std::optional<std::string> user_id_json(int64_t number);

}  // namespace swt
