#include "crypto/der_reader.h"

namespace swt {

// X.690 section 10.1: the shortest form. Nothing that is read here comes near the 65535 bytes of the longest one.
std::optional<size_t> DerReader::read_length() {
  if (rest_.empty()) return std::nullopt;
  const uint8_t first = rest_[0];
  rest_ = rest_.subspan(1);
  if (first < 0x80) return first;
  const size_t count = first & 0x7Fu;
  if (count < 1 || count > 2 || rest_.size() < count) return std::nullopt;
  const size_t length = count == 1 ? rest_[0] : size_t{rest_[0]} << 8 | rest_[1];
  rest_ = rest_.subspan(count);
  const bool is_shortest = count == 1 ? length >= 0x80 : length >= 0x100;
  if (!is_shortest) return std::nullopt;
  return length;
}

std::optional<Bytes> DerReader::read(DerTag tag) {
  if (!next_is(tag)) return std::nullopt;
  rest_ = rest_.subspan(1);
  const std::optional<size_t> length = read_length();
  if (!length || *length > rest_.size()) return std::nullopt;
  const Bytes content = rest_.first(*length);
  rest_ = rest_.subspan(*length);
  return content;
}

std::optional<Bytes> DerReader::read_unsigned() {
  const std::optional<Bytes> content = read(DerTag::integer);
  if (!content || content->empty()) return std::nullopt;
  const bool is_negative = content->front() >= 0x80;
  if (is_negative) return std::nullopt;
  if (content->front() != 0) return content;
  const Bytes number = content->subspan(1);
  const bool is_shortest = number.empty() || number.front() >= 0x80;
  if (!is_shortest) return std::nullopt;
  return number;
}

}  // namespace swt
