#include "crypto/secure_bytes.h"

#include <sodium.h>

#include <cstring>

namespace swt {

void SecureBytes::Deleter::operator()(uint8_t* data) const { sodium_free(data); }

std::optional<SecureBytes> SecureBytes::of_size(size_t size) {
  if (sodium_init() < 0) return std::nullopt;
  auto* data = static_cast<uint8_t*>(sodium_malloc(size));
  if (data == nullptr) return std::nullopt;
  return SecureBytes(data, size);
}

std::optional<SecureBytes> SecureBytes::copy_of(Bytes secret) {
  std::optional<SecureBytes> copy = of_size(secret.size());
  if (!copy) return std::nullopt;
  if (!secret.empty()) std::memcpy(copy->data_.get(), secret.data(), secret.size());
  sodium_mprotect_readonly(copy->data_.get());
  return copy;
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(MutableBytes bytes) { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace swt
