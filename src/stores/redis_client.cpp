#include "stores/redis_client.h"

#include <charconv>
#include <optional>

#include "stores/redis_error.h"

namespace swt {
namespace {

std::optional<int64_t> read_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// The reply of TIME: seconds, and microseconds within the second.
std::optional<int64_t> read_time_ms(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::list || reply.parts.size() != 2) return std::nullopt;
  const std::optional<int64_t> seconds = read_number(reply.parts[0]);
  const std::optional<int64_t> microseconds = read_number(reply.parts[1]);
  if (!seconds || !microseconds || *microseconds > 999999) return std::nullopt;
  if (*seconds == 0 || *seconds > kMaxRedisServerMs / 1000) return std::nullopt;
  return *seconds * 1000 + *microseconds / 1000;
}

}  // namespace

Result<std::unique_ptr<RedisSocket>> RedisClient::connect_socket(Deadline deadline) {
  if (server_.url.transport == RedisUrl::Transport::unix_socket) {
    return RedisSocket::connect({unix_address(server_.url.path)}, sockets_, deadline);
  }
  const Result<std::vector<RedisAddress>> addresses = resolver_.resolve(deadline);
  if (!addresses) return addresses.error();
  return RedisSocket::connect(*addresses, sockets_, deadline);
}

Result<std::unique_ptr<RedisStream>> RedisClient::open_stream(Deadline deadline) {
  Result<std::unique_ptr<RedisSocket>> socket = connect_socket(deadline);
  if (!socket) return socket.error();
  if (server_.tls) return server_.tls->start(*std::move(socket), server_.url.host, deadline);
  return std::unique_ptr<RedisStream>(*std::move(socket));
}

// Also the first command of every connection that any user may be refused: what is not let in here, never is.
Result<void> RedisClient::learn_time(RedisConnection& connection, Deadline deadline) {
  const Result<TimedReply> said = connection.command({"TIME"}, deadline);
  if (!said) return said.error();
  if (said->reply.kind == RedisReply::Kind::error) {
    return Error(status_of_redis_error(said->reply.text), "redis lets nobody in without a password, or refuses TIME");
  }
  const std::optional<int64_t> server_ms = read_time_ms(said->reply);
  if (!server_ms) return Status::store_protocol;
  clock_.learn(*server_ms, said->sent_us, said->received_us);
  return {};
}

Result<void> RedisClient::connect(RedisPool::Lease& lease, Deadline deadline) {
  lease.set(nullptr);  // closed before there is another, so that there are never too many
  Result<std::unique_ptr<RedisStream>> stream = open_stream(deadline);
  if (!stream) return stream.error();
  auto connection = std::make_unique<RedisConnection>(*std::move(stream));
  if (const Result<void> known = connection->log_in(server_.url, deadline); !known) return known;
  if (const Result<void> learned = learn_time(*connection, deadline); !learned) return learned;
  lease.set(std::move(connection));
  return {};
}

Result<void> RedisClient::run(const Exchange& exchange) {
  Deadline deadline = Deadline::after_ms(server_.command_timeout_ms);
  Result<RedisPool::Lease> lease = pool_.lease(deadline);
  if (!lease) return lease.error();
  // Asking now would be giving up at once, and a connection with an unread reply is lost.
  if (deadline.left_us() == 0) return Error(Status::store_timeout, "a connection to redis became free too late");

  if (lease->connection() != nullptr && lease->connection()->is_quiet()) {
    const Result<void> said = exchange(*lease->connection(), deadline);
    if (said || !lease->connection()->died_unanswered()) return said;
  }
  const int64_t begun_us = monotonic_us();
  const Result<void> connected = connect(*lease, Deadline::after_ms(server_.connect_timeout_ms));
  if (!connected) return connected;
  deadline.extend_us(monotonic_us() - begun_us);
  return exchange(*lease->connection(), deadline);
}

}  // namespace swt
