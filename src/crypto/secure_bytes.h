// Memory for long-lived secrets: guarded and locked where the system allows it, left out of core dumps, wiped when freed.
// An allocation costs about 30 us, so this is for keys, not for what a request brings.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"

namespace swt {

class SecureBytes {
 public:
  // nullopt when there is no memory left.
  static std::optional<SecureBytes> copy_of(Bytes secret);
  // Room for a secret that is still to be written.
  static std::optional<SecureBytes> of_size(size_t size);

  Bytes bytes() const { return {data_.get(), size_}; }
  // Of one made by of_size: a copy cannot be written to.
  MutableBytes writable() { return {data_.get(), size_}; }
  void shrink_to(size_t size) { size_ = size; }

 private:
  struct Deleter {
    void operator()(uint8_t* data) const;
  };
  SecureBytes(uint8_t* data, size_t size) : data_(data), size_(size) {}

  std::unique_ptr<uint8_t, Deleter> data_;
  size_t size_;
};

// Equal in content, in a time that depends on the lengths only.
bool equal_in_constant_time(Bytes a, Bytes b);

void wipe(MutableBytes bytes);

}  // namespace swt
