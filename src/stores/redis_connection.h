// One connection to Redis, logged in: a command and its reply, one at a time.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "stores/redis_resp.h"
#include "stores/redis_stream.h"
#include "stores/redis_url.h"

namespace swt {

struct TimedReply {
  RedisReply reply;
  int64_t sent_us = 0;
  int64_t received_us = 0;
};

// Used by one thread at a time.
class RedisConnection {
 public:
  explicit RedisConnection(std::unique_ptr<RedisStream> stream) : stream_(std::move(stream)) {}

  // Says who we are, and which database we mean.
  Result<void> log_in(const RedisUrl& url, Deadline deadline);

  // The reply, which may be an error of Redis. store_timeout, store_connection, store_protocol.
  Result<TimedReply> command(const std::vector<std::string_view>& words, Deadline deadline);

  // True when the next command will have its own reply: every one before had exactly one, and it was one that leaves the
  // connection as good as new.
  bool is_reusable() const { return is_reusable_; }
  void do_not_reuse() { is_reusable_ = false; }

  // True when the last command failed before anything of its reply came, as it does on a connection that had died.
  bool died_unanswered() const { return died_unanswered_; }

  // True when nothing has come that nobody asked for, and the server has not hung up.
  bool is_quiet() const { return stream_->is_quiet(); }

 private:
  Result<void> command_for_ok(const std::vector<std::string_view>& words, Deadline deadline, const char* refusal);
  Result<RedisReply> read_reply(Deadline deadline);

  static constexpr size_t kChunkSize = 4096;

  const std::unique_ptr<RedisStream> stream_;
  RedisReplyReader reader_;
  bool is_reusable_ = true;
  bool died_unanswered_ = false;
  std::array<char, kChunkSize> chunk_;
};

}  // namespace swt
