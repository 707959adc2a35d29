// The token format written a second time, over one-shot OpenSSL calls: any header, any payload, correctly signed.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <string>
#include <string_view>

#include "client_key.h"
#include "text.h"

namespace swt::test {

inline constexpr std::string_view kSecret = "b1946ac92492d2347c6235b4d2611184dc26f9ec2f0e8ec1";
inline constexpr std::string_view kEncryptionSecret = "591785b794601e212b260e25925636fd8a3f5e9c07b1d264";
inline constexpr std::string_view kOtherSecret = "2f7e0c4d9a61b85347fe90ac2db1586e7c34a90d5be1f268";

inline std::string hmac_sha256(std::string_view secret, std::string_view text) {
  std::string mac(32, '\0');
  require(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
               reinterpret_cast<unsigned char*>(mac.data()), nullptr) != nullptr,
          "HMAC");
  return mac;
}

// iv || tag || ciphertext
inline std::string aes_256_gcm_seal(std::string_view key, std::string_view iv, std::string_view plaintext) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  std::string ciphertext(plaintext.size(), '\0');
  std::string tag(16, '\0');
  int written = 0;
  unsigned char rest[16];
  require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(iv)) == 1 &&
              EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(ciphertext.data()), &written,
                                bytes_of(plaintext), static_cast<int>(plaintext.size())) == 1 &&
              EVP_EncryptFinal_ex(context.get(), rest, &written) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1,
          "AES-256-GCM");
  return std::string(iv) + tag + ciphertext;
}

struct TokenMaker {
  std::string secret{kSecret};
  std::string encryption_secret{kEncryptionSecret};

  // Correctly signed, whatever the parts hold.
  std::string sign_parts(std::string_view header_part, std::string_view sealed_part) const {
    const std::string text = std::string(header_part) + '.' + std::string(sealed_part);
    return text + '.' + base64url_of(hmac_sha256(secret, text));
  }

  std::string make(std::string_view header_json, std::string_view payload_json) const {
    const std::string sealed = aes_256_gcm_seal(sha256_of(encryption_secret), random_text(12), payload_json);
    return sign_parts(base64url_of(header_json), base64url_of(sealed));
  }
};

}  // namespace swt::test
