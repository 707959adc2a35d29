// PEM (RFC 7468): one key in base64 between its first and its last line.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/key_structure.h"
#include "crypto/secure_bytes.h"

namespace swt {

inline constexpr size_t kMaxPemSize = 32768;

struct PemKey {
  KeyForm form;
  SecureBytes der;
};

// Reads a text that holds one unencrypted key and, around it, white space only. Inside the block RFC 7468's lax grammar
// applies: lines of any length, white space anywhere. One "EC PARAMETERS" block that names P-256 may stand before an
// "EC PRIVATE KEY", as `openssl ecparam -genkey` writes it. Nobody is ever asked for a passphrase.
// key, with a detail that says what the text is instead.
Result<PemKey> read_pem(std::string_view text);

}  // namespace swt
