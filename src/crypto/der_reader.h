// DER (X.690), read strictly: one-byte tags, definite lengths in their shortest form. Keys and signatures are taken apart
// here and not by OpenSSL's decoders, which accept more forms, more algorithms and curves of the sender's own making.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace swt {

enum class DerTag : uint8_t {
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  object_identifier = 0x06,
  sequence = 0x30,
  context_0 = 0xA0,
  context_1 = 0xA1,
};

class DerReader {
 public:
  explicit DerReader(Bytes der) : rest_(der) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(DerTag tag) const { return !rest_.empty() && rest_[0] == static_cast<uint8_t>(tag); }

  // The content of the next element; nullopt when there is none, or none of this tag, or not in DER.
  std::optional<Bytes> read(DerTag tag);
  // An INTEGER that is not negative, in its shortest form: big-endian without a leading zero, so zero has no byte.
  std::optional<Bytes> read_unsigned();

 private:
  std::optional<size_t> read_length();

  Bytes rest_;
};

}  // namespace swt
