// In which of the forms that keys are written in is this text? Asked of what shall be something else.
#pragma once

#include <string_view>

namespace swt {

enum class KeyText {
  none,
  pem,            // RFC 7468, whatever is in it and around it, or what is left of it without its first line
  pem_in_base64,  // as settings hold it that can have no line breaks
  der,            // a key or a certificate in DER, or in the base64 of it
  ssh,            // a public key of OpenSSH or RFC 4716
  json,           // a JWK, a set of them, or other JSON
};

KeyText kind_of_key_text(std::string_view text);

}  // namespace swt
