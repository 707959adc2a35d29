// The strict JSON gate, read in one pass.
//
// RFC 8259, and beyond it: no duplicate member (RFC 8259 section 4 leaves them open, and readers that pick different ones
// are an attack), no U+0000 and no lone surrogate in any string, well-formed UTF-8, no number out of a double's range,
// bounded depth. Nothing is built: values are views into the text, or into the reader where an escape had to be resolved.
#pragma once

#include <cstdint>
#include <forward_list>
#include <set>
#include <string>
#include <string_view>

namespace swt {

class JsonReader {
 public:
  enum class Kind { object, array, string, number, boolean, null, none };

  // max_depth counts objects and arrays that are open at once.
  JsonReader(std::string_view text, int max_depth) : text_(text), depth_left_(max_depth) {}

  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // Once something was wrong, ok() is false, and every further call fails too: reading code may check at its end.
  bool ok() const { return ok_; }
  bool too_deep() const { return too_deep_; }

  // The kind of the value that comes next; `none` when no value can begin here.
  Kind peek();

  // Each reads the value that comes next, or fails. Views live as long as the reader and its text.
  bool read_string(std::string_view& out);
  // A plain integer within ±(2^53 - 1): no fraction, no exponent, no leading zero, no minus zero.
  bool read_integer(int64_t& out);
  bool read_true();
  // Any value, checked to its end; *raw is its text.
  bool skip(std::string_view* raw = nullptr);

  // Where the value that comes next begins; after a value, where it has ended.
  size_t position() const { return at_; }

  // True when nothing but white space is left.
  bool at_end();

 private:
  friend class JsonObject;
  friend class JsonArray;

  // Inline: they run for every character between two values.
  bool fail() {
    ok_ = false;
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (!ok_ || at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  bool enter();
  void leave();
  bool skip_array();
  bool skip_object();
  bool skip_number();
  bool skip_word(std::string_view word);
  bool check_utf8();
  bool read_escaped(size_t start, std::string_view& out);
  bool append_escape(std::string& out);
  bool read_hex4(uint32_t& out);

  std::string_view text_;
  size_t at_ = 0;
  int depth_left_;
  bool ok_ = true;
  bool too_deep_ = false;
  std::forward_list<std::string> unescaped_;
};

// One object that is being read: while (object.next(name)) { read the member's value from the reader }.
// The loop ends at the closing brace or at the first error; reader.ok() tells which.
class JsonObject {
 public:
  explicit JsonObject(JsonReader& reader);

  bool next(std::string_view& name);

 private:
  bool is_new(std::string_view name);

  static constexpr size_t kFew = 16;

  JsonReader& reader_;
  std::string_view few_[kFew];
  size_t count_ = 0;
  std::set<std::string_view> many_;  // past kFew names, so that a thousand of them cost no quadratic time
};

// One array that is being read: while (array.next()) { read the element from the reader }. Ends like JsonObject.
class JsonArray {
 public:
  explicit JsonArray(JsonReader& reader);

  bool next();

 private:
  JsonReader& reader_;
  bool is_first_ = true;
};

// The canonical JSON text of a string: what JSON.stringify writes. The text must be well-formed UTF-8.
std::string json_quote(std::string_view text);

// True when the text is well-formed UTF-8 (RFC 3629) without U+0000.
bool is_clean_utf8(std::string_view text);

}  // namespace swt
