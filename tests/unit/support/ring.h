// Keys of every kind for rings, made once.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "key_pair.h"
#include "pem_key.h"
#include "token/key_ring.h"
#include "token_maker.h"

namespace swt::test {

using SharedKey = std::shared_ptr<const TokenKey>;

// A secret for each number; all seal with the same encryption secret, so that only the signature tells them apart.
inline std::string numbered_secret(int number) {
  return replaced(std::string(kSecret), "b1", "a" + std::to_string(number));
}

inline SharedKey secret_key(int number) {
  return *TokenKey::from_secret(numbered_secret(number), kEncryptionSecret, ShortSecret::refuse);
}

inline const KeyPair& rsa_pair() {
  static const KeyPair pair = KeyPair::rsa();
  return pair;
}

inline const KeyPair& ec_pair() {
  static const KeyPair pair = KeyPair::ec();
  return pair;
}

inline SharedKey rsa_key() { return *load_private(rsa_pair().pkcs8_pem()); }
inline SharedKey rsa_public_key() { return *load_public(rsa_pair().public_pem()); }
inline SharedKey ec_key() { return *load_private(ec_pair().pkcs8_pem()); }
inline SharedKey ec_public_key() { return *load_public(ec_pair().public_pem()); }

}  // namespace swt::test
