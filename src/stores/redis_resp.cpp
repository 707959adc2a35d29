#include "stores/redis_resp.h"

#include <hiredis/hiredis.h>

#include <charconv>
#include <new>
#include <optional>

#include "crypto/secure_bytes.h"

namespace swt {
namespace {

struct ReaderDeleter {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};
struct ReplyDeleter {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyOwner = std::unique_ptr<redisReply, ReplyDeleter>;

constexpr Error kNoResp = Error(Status::store_protocol, "redis sent something that is no reply");
constexpr Error kTooLarge = Error(Status::store_protocol, "redis sent a reply that is too large");
constexpr Error kTooMuch = Error(Status::store_protocol, "redis sent more than a reply");

// No reply of ours has more.
constexpr size_t kMaxParts = 16;

// hiredis makes room for as many elements as an array says that it will have, before any of them is there, and goes into
// arrays in arrays. Neither belongs to a reply of ours. nullptr makes its reader fail.
template <typename Count>
void* create_array(const redisReadTask* task, Count count) {
  if (task->parent != nullptr || count < 0 || static_cast<size_t>(count) > kMaxParts) return nullptr;
  return static_cast<const redisReplyObjectFunctions*>(task->privdata)->createArray(task, count);
}

// hiredis skips the two bytes behind a text of announced length without looking at them. Where they are not CR LF, the
// length is not what the server meant, and what follows would be read from the wrong place on.
void* create_string(const redisReadTask* task, char* text, size_t size) {
  if (task->type == REDIS_REPLY_STRING && std::string_view(text + size, 2) != "\r\n") return nullptr;
  return static_cast<const redisReplyObjectFunctions*>(task->privdata)->createString(task, text, size);
}

std::optional<std::string> part_from(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_STRING) return std::string(reply.str, reply.len);
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return std::nullopt;
}

RedisReply list_from(const redisReply& reply) {
  RedisReply list{RedisReply::Kind::list, "", {}};
  for (size_t i = 0; i < reply.elements; ++i) {
    std::optional<std::string> part = part_from(*reply.element[i]);
    if (!part) return {};
    list.parts.push_back(*std::move(part));
  }
  return list;
}

RedisReply reply_from(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_ERROR: return {RedisReply::Kind::error, std::string(reply.str, reply.len), {}};
    case REDIS_REPLY_STATUS: return {RedisReply::Kind::status, std::string(reply.str, reply.len), {}};
    case REDIS_REPLY_ARRAY: return list_from(reply);
    default: return {};
  }
}

// True when the reader waits for the rest of a text whose announced length no reply may have: it would wait for a
// gigabyte. Of all that it can wait for, only a text has a complete line first, and that line is its length.
bool announces_too_much(std::string_view unread) {
  const size_t end = unread.find("\r\n");
  if (end == std::string_view::npos) return false;
  size_t length = 0;
  const auto [after, error] = std::from_chars(unread.data(), unread.data() + end, length);
  return error != std::errc{} || after != unread.data() + end || length > kMaxRedisReplySize;
}

}  // namespace

RedisCommand::RedisCommand(const std::vector<std::string_view>& words) {
  std::vector<const char*> data;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    data.push_back(word.data() != nullptr ? word.data() : "");
    sizes.push_back(word.size());
  }
  char* text = nullptr;
  const auto size = redisFormatCommandArgv(&text, static_cast<int>(words.size()), data.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  text_.reset(text);
  size_ = static_cast<size_t>(size);
}

RedisCommand::~RedisCommand() { wipe({reinterpret_cast<uint8_t*>(text_.get()), size_}); }

void RedisCommand::Deleter::operator()(char* text) const { redisFreeCommand(text); }

struct RedisReplyReader::Inside {
  std::unique_ptr<redisReader, ReaderDeleter> reader;
  redisReplyObjectFunctions makers;    // hiredis's own
  redisReplyObjectFunctions checking;  // ours in front of them
  size_t fed = 0;                      // how much of this reply
};

RedisReplyReader::RedisReplyReader() : inside_(std::make_unique<Inside>()) {
  redisReader* reader = redisReaderCreate();
  if (reader == nullptr) throw std::bad_alloc();
  inside_->reader.reset(reader);
  inside_->makers = *reader->fn;
  inside_->checking = *reader->fn;
  inside_->checking.createArray = create_array;
  inside_->checking.createString = create_string;
  reader->fn = &inside_->checking;
  reader->privdata = &inside_->makers;
}

RedisReplyReader::~RedisReplyReader() = default;

Result<bool> RedisReplyReader::feed(std::string_view bytes, RedisReply& out) {
  redisReader* reader = inside_->reader.get();
  inside_->fed += bytes.size();
  if (inside_->fed > kMaxRedisReplySize) return kTooLarge;
  if (redisReaderFeed(reader, bytes.data(), bytes.size()) != REDIS_OK) return kNoResp;

  void* read = nullptr;
  if (redisReaderGetReply(reader, &read) != REDIS_OK) return kNoResp;
  const std::string_view unread(reader->buf + reader->pos, reader->len - reader->pos);
  if (read == nullptr) {
    if (announces_too_much(unread)) return kTooLarge;
    return false;
  }
  const ReplyOwner reply(static_cast<redisReply*>(read));
  if (!unread.empty()) return kTooMuch;
  inside_->fed = 0;
  out = reply_from(*reply);
  return true;
}

}  // namespace swt
