#include "stores/redis_connection.h"

#include <string>

#include "stores/redis_error.h"

namespace swt {

Result<RedisReply> RedisConnection::read_reply(Deadline deadline) {
  RedisReply reply;
  died_unanswered_ = true;
  for (;;) {
    const Result<size_t> count = stream_->read(chunk_, deadline);
    if (!count) {
      died_unanswered_ = died_unanswered_ && count.error().status == Status::store_connection;
      return count.error();
    }
    died_unanswered_ = false;
    const Result<bool> is_complete = reader_.feed({chunk_.data(), *count}, reply);
    if (!is_complete) return is_complete.error();
    if (*is_complete) return reply;
  }
}

Result<TimedReply> RedisConnection::command(const std::vector<std::string_view>& words, Deadline deadline) {
  is_reusable_ = false;  // until all has gone well, also if memory runs out between
  died_unanswered_ = false;
  const RedisCommand command(words);
  TimedReply timed;
  timed.sent_us = monotonic_us();
  if (const Result<void> sent = stream_->write(command.bytes(), deadline); !sent) {
    died_unanswered_ = sent.error().status == Status::store_connection;
    return sent.error();
  }
  Result<RedisReply> reply = read_reply(deadline);
  if (!reply) return reply.error();
  timed.received_us = monotonic_us();
  timed.reply = *std::move(reply);
  is_reusable_ = timed.reply.kind == RedisReply::Kind::error ? survives_redis_error(timed.reply.text)
                                                             : timed.reply.kind != RedisReply::Kind::foreign;
  return timed;
}

Result<void> RedisConnection::command_for_ok(const std::vector<std::string_view>& words, Deadline deadline,
                                             const char* refusal) {
  const Result<TimedReply> said = command(words, deadline);
  if (!said) return said.error();
  const RedisReply& reply = said->reply;
  if (reply.kind == RedisReply::Kind::error) return Error(status_of_redis_error(reply.text), refusal);
  if (reply.kind != RedisReply::Kind::status || reply.text != "OK") return Status::store_protocol;
  return {};
}

Result<void> RedisConnection::log_in(const RedisUrl& url, Deadline deadline) {
  if (url.password) {
    std::vector<std::string_view> words{"AUTH"};
    if (!url.user.empty()) words.push_back(url.user);
    words.push_back(as_text(url.password->bytes()));
    const Result<void> known = command_for_ok(words, deadline, "redis refused the user name or the password");
    if (!known) return known;
  }
  if (url.database == 0) return {};
  return command_for_ok({"SELECT", std::to_string(url.database)}, deadline, "redis refused the database");
}

}  // namespace swt
