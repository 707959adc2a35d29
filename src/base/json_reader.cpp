#include "base/json_reader.h"

#include <array>
#include <charconv>
#include <system_error>

#include "base/time.h"

namespace swt {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// An ASCII character that stands for itself in a string.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}

constexpr std::array<bool, 256> kPlain = make_plain();

bool is_plain(char c) { return kPlain[static_cast<uint8_t>(c)]; }

// The length of the well-formed UTF-8 sequence that begins at `at`, by the table of RFC 3629 section 4; 0 when there is
// none: a stray byte, an overlong form, a surrogate, past U+10FFFF, cut off.
size_t utf8_sequence(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> uint8_t {
    return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : uint8_t{0};
  };
  const auto is_tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const auto between = [&](size_t i, uint8_t low, uint8_t high) { return byte(i) >= low && byte(i) <= high; };

  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second_ok = first == 0xE0 ? between(1, 0xA0, 0xBF) : first == 0xED ? between(1, 0x80, 0x9F) : is_tail(1);
    return second_ok && is_tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second_ok = first == 0xF0 ? between(1, 0x90, 0xBF) : first == 0xF4 ? between(1, 0x80, 0x8F) : is_tail(1);
    return second_ok && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& out, uint32_t code_point) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    return put(0x80 | (code_point & 63));
  }
  if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 63));
    return put(0x80 | (code_point & 63));
  }
  put(0xF0 | code_point >> 18);
  put(0x80 | (code_point >> 12 & 63));
  put(0x80 | (code_point >> 6 & 63));
  put(0x80 | (code_point & 63));
}

}  // namespace

bool JsonReader::enter() {
  if (depth_left_ == 0) {
    too_deep_ = true;
    return fail();
  }
  --depth_left_;
  return true;
}

void JsonReader::leave() { ++depth_left_; }

JsonReader::Kind JsonReader::peek() {
  skip_space();
  if (!ok_ || at_ >= text_.size()) return Kind::none;
  switch (text_[at_]) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't':
    case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return text_[at_] == '-' || is_digit(text_[at_]) ? Kind::number : Kind::none;
  }
}

bool JsonReader::at_end() {
  skip_space();
  return ok_ && at_ == text_.size();
}

bool JsonReader::read_string(std::string_view& out) {
  if (!take('"')) return fail();
  const size_t start = at_;
  while (at_ < text_.size()) {
    while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
    if (at_ >= text_.size()) break;
    const uint8_t c = static_cast<uint8_t>(text_[at_]);
    if (c == '"') {
      out = text_.substr(start, at_ - start);
      ++at_;
      return true;
    }
    if (c == '\\') return read_escaped(start, out);
    if (c < 0x20) return fail();
    if (!check_utf8()) return false;
  }
  return fail();
}

bool JsonReader::check_utf8() {
  const size_t length = utf8_sequence(text_, at_);
  if (length == 0) return fail();
  at_ += length;
  return true;
}

// The rest of a string whose first escape is at at_; what came before it, from start on, is copied as it is.
bool JsonReader::read_escaped(size_t start, std::string_view& out) {
  std::string& resolved = unescaped_.emplace_front(text_.substr(start, at_ - start));
  while (at_ < text_.size()) {
    const uint8_t c = static_cast<uint8_t>(text_[at_]);
    if (c == '"') {
      ++at_;
      out = resolved;
      return true;
    }
    if (c == '\\') {
      ++at_;
      if (!append_escape(resolved)) return false;
      continue;
    }
    if (c < 0x20) return fail();
    const size_t from = at_;
    if (!check_utf8()) return false;
    resolved.append(text_, from, at_ - from);
  }
  return fail();
}

bool JsonReader::append_escape(std::string& out) {
  if (at_ >= text_.size()) return fail();
  const char c = text_[at_++];
  switch (c) {
    case '"':
    case '\\':
    case '/': out.push_back(c); return true;
    case 'b': out.push_back('\b'); return true;
    case 'f': out.push_back('\f'); return true;
    case 'n': out.push_back('\n'); return true;
    case 'r': out.push_back('\r'); return true;
    case 't': out.push_back('\t'); return true;
    case 'u': break;
    default: return fail();
  }
  uint32_t unit = 0;
  if (!read_hex4(unit)) return false;
  // Readers in C cut a text at U+0000: "admin\u0000x" would become "admin" for some of them.
  if (unit == 0) return fail();
  const bool is_low_surrogate = unit >= 0xDC00 && unit <= 0xDFFF;
  if (is_low_surrogate) return fail();
  const bool is_high_surrogate = unit >= 0xD800 && unit <= 0xDBFF;
  if (is_high_surrogate) {
    uint32_t low = 0;
    if (text_.substr(at_, 2) != "\\u") return fail();
    at_ += 2;
    if (!read_hex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return fail();
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, unit);
  return true;
}

bool JsonReader::read_hex4(uint32_t& out) {
  if (text_.size() - at_ < 4) return fail();
  const char* first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, first + 4, out, 16);
  if (error != std::errc{} || end != first + 4) return fail();
  at_ += 4;
  return true;
}

bool JsonReader::read_integer(int64_t& out) {
  skip_space();
  const size_t start = at_;
  if (!skip_number()) return false;
  const std::string_view number = text_.substr(start, at_ - start);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out);
  const bool is_plain = error == std::errc{} && end == number.data() + number.size() && number != "-0";
  if (!is_plain || out > kMaxSafeInteger || out < -kMaxSafeInteger) return fail();
  return true;
}

bool JsonReader::skip_number() {
  if (!ok_) return false;
  skip_space();
  const size_t start = at_;
  const auto digit_here = [&] { return at_ < text_.size() && is_digit(text_[at_]); };
  const auto digits = [&] {
    if (!digit_here()) return fail();
    while (digit_here()) ++at_;
    return true;
  };

  if (at_ < text_.size() && text_[at_] == '-') ++at_;
  if (!digit_here()) return fail();
  if (text_[at_] == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (!digits()) return false;
  }
  // Only a long number can leave the range of a double. One that does is infinity to some readers, an error to others.
  constexpr size_t kCannotOverflow = 15;
  const std::string_view number = text_.substr(start, at_ - start);
  const bool has_exponent = number.find_first_of("eE") != std::string_view::npos;
  if (number.size() <= kCannotOverflow && !has_exponent) return true;
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool is_read = error == std::errc{} && end == number.data() + number.size();
  return is_read || fail();
}

bool JsonReader::skip_word(std::string_view word) {
  if (!ok_) return false;
  skip_space();
  if (text_.substr(at_, word.size()) != word) return fail();
  at_ += word.size();
  return true;
}

bool JsonReader::read_true() { return skip_word("true"); }

bool JsonReader::skip(std::string_view* raw) {
  const Kind kind = peek();
  const size_t start = at_;
  std::string_view ignored;
  bool done = false;
  switch (kind) {
    case Kind::object: done = skip_object(); break;
    case Kind::array: done = skip_array(); break;
    case Kind::string: done = read_string(ignored); break;
    case Kind::number: done = skip_number(); break;
    case Kind::boolean: done = skip_word(text_[at_] == 't' ? "true" : "false"); break;
    case Kind::null: done = skip_word("null"); break;
    case Kind::none: return fail();
  }
  if (done && raw != nullptr) *raw = text_.substr(start, at_ - start);
  return done;
}

bool JsonReader::skip_array() {
  JsonArray array(*this);
  while (array.next()) {
    if (!skip()) return false;
  }
  return ok_;
}

bool JsonReader::skip_object() {
  JsonObject object(*this);
  std::string_view name;
  while (object.next(name)) {
    if (!skip()) return false;
  }
  return ok_;
}

JsonObject::JsonObject(JsonReader& reader) : reader_(reader) {
  if (!reader_.take('{') || !reader_.enter()) reader_.fail();
}

bool JsonObject::next(std::string_view& name) {
  if (!reader_.ok_) return false;
  if (reader_.take('}')) {
    reader_.leave();
    return false;
  }
  if (count_ > 0 && !reader_.take(',')) return reader_.fail();
  if (!reader_.read_string(name)) return false;
  if (!is_new(name) || !reader_.take(':')) return reader_.fail();
  return true;
}

bool JsonObject::is_new(std::string_view name) {
  const size_t few = count_ < kFew ? count_ : kFew;
  for (size_t i = 0; i < few; ++i) {
    if (few_[i] == name) return false;
  }
  if (count_ < kFew) {
    few_[count_] = name;
  } else if (!many_.insert(name).second) {
    return false;
  }
  ++count_;
  return true;
}

JsonArray::JsonArray(JsonReader& reader) : reader_(reader) {
  if (!reader_.take('[') || !reader_.enter()) reader_.fail();
}

bool JsonArray::next() {
  if (!reader_.ok_) return false;
  if (reader_.take(']')) {
    reader_.leave();
    return false;
  }
  // After a comma an element must follow, which whoever reads it finds out.
  if (!is_first_ && !reader_.take(',')) return reader_.fail();
  is_first_ = false;
  return true;
}

std::string json_quote(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size() + 2);
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; continue;
      case '\\': out += "\\\\"; continue;
      case '\b': out += "\\b"; continue;
      case '\f': out += "\\f"; continue;
      case '\n': out += "\\n"; continue;
      case '\r': out += "\\r"; continue;
      case '\t': out += "\\t"; continue;
      default: break;
    }
    if (static_cast<uint8_t>(c) >= 0x20) {
      out.push_back(c);
      continue;
    }
    out += "\\u00";
    out.push_back(kHex[static_cast<uint8_t>(c) >> 4]);
    out.push_back(kHex[static_cast<uint8_t>(c) & 15]);
  }
  out.push_back('"');
  return out;
}

bool is_clean_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = text[at] == '\0' ? 0 : utf8_sequence(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace swt
