// Commands and replies as Redis writes them (RESP2): hiredis as a formatter and as a reader, and nothing else of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace swt {

// The most that a reply may have. A session's record is 4 KB at the most, what 3.0.1 kept there a little more.
inline constexpr size_t kMaxRedisReplySize = 64 * 1024;

struct RedisReply {
  enum class Kind {
    error,    // text
    status,   // text: a word like OK
    list,     // parts: a flat array of texts and numbers
    foreign,  // complete and well-formed, and nothing that any of our commands can have as its reply
  };

  Kind kind = Kind::foreign;
  std::string text;
  std::vector<std::string> parts;
};

// A command as it is sent. Wiped when it is over: it may have been AUTH.
class RedisCommand {
 public:
  explicit RedisCommand(const std::vector<std::string_view>& words);
  ~RedisCommand();
  RedisCommand(const RedisCommand&) = delete;
  RedisCommand& operator=(const RedisCommand&) = delete;

  std::string_view bytes() const { return {text_.get(), size_}; }

 private:
  struct Deleter {
    void operator()(char* text) const;
  };

  std::unique_ptr<char, Deleter> text_;
  size_t size_ = 0;
};

// Reads one reply after another from the bytes of one connection. Once it has failed it is good for nothing.
class RedisReplyReader {
 public:
  RedisReplyReader();
  ~RedisReplyReader();
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;

  // True when the reply is complete, and stands in `out`. store_protocol for what is no RESP, for more than a reply, and
  // for a reply that is, or says that it will be, too large.
  Result<bool> feed(std::string_view bytes, RedisReply& out);

 private:
  struct Inside;

  std::unique_ptr<Inside> inside_;
};

}  // namespace swt
