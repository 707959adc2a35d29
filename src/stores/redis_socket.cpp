#include "stores/redis_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace swt {
namespace {

constexpr Error kNoReply = Error(Status::store_timeout, "redis did not reply in time");
constexpr Error kNotConnected = Error(Status::store_timeout, "redis did not take the connection in time");
constexpr Error kRefused = Error(Status::store_connection, "nobody takes connections where redis should be");
constexpr Error kNoSocket = Error(Status::store_connection, "no socket can be made");
constexpr Error kBroken = Error(Status::store_connection, "the connection to redis broke");
constexpr Error kEnded = Error(Status::store_connection, "redis ended the connection");

// How long to wait before knocking at a unix socket again whose queue is full: nothing tells when it no longer is.
constexpr int kKnockAgainMs = 2;

enum class Wait { ready, timeout, error };

Wait wait_for(int descriptor, short events, Deadline deadline) {
  for (;;) {
    pollfd watched{descriptor, events, 0};
    const int count = poll(&watched, 1, deadline.poll_ms());
    if (count > 0) return Wait::ready;  // also for an error of the connection: the next call tells which
    if (count < 0 && errno != EINTR) return Wait::error;
    if (count == 0 && deadline.left_us() == 0) return Wait::timeout;
  }
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

void set_option(int descriptor, int level, int name) {
  const int on = 1;
  setsockopt(descriptor, level, name, &on, sizeof on);  // without it the connection is slower, and works
}

Result<void> wait_until_connected(int descriptor, Deadline deadline) {
  const Wait waited = wait_for(descriptor, POLLOUT, deadline);
  if (waited == Wait::timeout) return kNotConnected;
  int error = 0;
  socklen_t size = sizeof error;
  if (waited == Wait::error || getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return kBroken;
  if (error != 0) return kRefused;
  return {};
}

Result<void> connect_socket(int descriptor, const RedisAddress& address, Deadline deadline) {
  for (;;) {
    if (::connect(descriptor, address.get(), address.size) == 0) return {};
    if (errno == EINPROGRESS || errno == EINTR) return wait_until_connected(descriptor, deadline);
    if (!would_block(errno)) return kRefused;
    if (deadline.left_us() == 0) return kNotConnected;
    poll(nullptr, 0, std::min(kKnockAgainMs, deadline.poll_ms()));
  }
}

}  // namespace

Result<std::unique_ptr<RedisSocket>> RedisSocket::connect_to(const RedisAddress& address, RedisSocketList& list,
                                                             Deadline deadline) {
  auto made = std::make_unique<RedisSocket>(address.storage.ss_family, list);
  if (!made->is_listed_) return kNoSocket;
  if (const Result<void> connected = connect_socket(made->descriptor_, address, deadline); !connected) {
    return connected.error();
  }
  return made;
}

Result<std::unique_ptr<RedisSocket>> RedisSocket::connect(const std::vector<RedisAddress>& addresses,
                                                          RedisSocketList& list, Deadline deadline) {
  Error last = kRefused;
  for (size_t i = 0; i < addresses.size(); ++i) {
    auto made = connect_to(addresses[i], list, deadline.share_of(addresses.size() - i));
    if (made) return made;
    last = made.error();
  }
  return last;
}

RedisSocket::RedisSocket(int family, RedisSocketList& list)
    : list_(list), descriptor_(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  is_listed_ = descriptor_ >= 0 && list_.add(descriptor_);
  if (!is_listed_ || family == AF_UNIX) return;
  set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY);
  set_option(descriptor_, SOL_SOCKET, SO_KEEPALIVE);
}

RedisSocket::~RedisSocket() {
  if (descriptor_ < 0) return;
  list_.remove(descriptor_);
  close(descriptor_);
}

Result<void> RedisSocket::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (!would_block(errno)) return kBroken;
    const Wait waited = wait_for(descriptor_, POLLOUT, deadline);
    if (waited == Wait::timeout) return kNoReply;
    if (waited == Wait::error) return kBroken;
  }
  return {};
}

// A reply that is there already is read also after the deadline: a machine that stood still may have been late itself.
Result<size_t> RedisSocket::read(std::span<char> into, Deadline deadline) {
  for (;;) {
    const Wait waited = wait_for(descriptor_, POLLIN, deadline);
    if (waited == Wait::timeout) return kNoReply;
    if (waited == Wait::error) return kBroken;
    const ssize_t received = recv(descriptor_, into.data(), into.size(), 0);
    if (received > 0) return static_cast<size_t>(received);
    if (received == 0) return kEnded;
    if (errno != EINTR && !would_block(errno)) return kBroken;
  }
}

bool RedisSocket::is_quiet() const {
  pollfd watched{descriptor_, POLLIN, 0};
  return poll(&watched, 1, 0) == 0;
}

void RedisSocket::write_what_fits(std::string_view bytes) {
  static_cast<void>(send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

}  // namespace swt
