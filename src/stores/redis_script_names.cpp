#include "stores/redis_script_names.h"

#include "crypto/openssl.h"

namespace swt {
namespace {

constexpr size_t kSha1Size = 20;
using Digest = std::unique_ptr<EVP_MD, OpensslDeleter<EVP_MD_free>>;

std::string hexadecimal(Bytes bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Result<RedisScriptNames> redis_script_names() {
  OSSL_LIB_CTX* context = openssl().context;
  const ErrorQueueGuard guard;
  const Digest sha1(EVP_MD_fetch(context, "SHA1", nullptr));
  if (!sha1) return Status::internal_crypto;
  RedisScriptNames names;
  for (uint32_t script = 0; script < kScriptCount; ++script) {
    const Bytes source = as_bytes(script_source(static_cast<Script>(script)));
    std::array<uint8_t, kSha1Size> digest{};
    if (EVP_Digest(source.data(), source.size(), digest.data(), nullptr, sha1.get(), nullptr) != 1) {
      return Status::internal_crypto;
    }
    names[script] = hexadecimal(digest);
  }
  return names;
}

}  // namespace swt
