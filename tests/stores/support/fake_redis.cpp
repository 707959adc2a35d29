#include "fake_redis.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace swt::test {
namespace {

int64_t now_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Takes one line off the text, without its end.
bool take_line(std::string& text, std::string& line) {
  const size_t end = text.find("\r\n");
  if (end == std::string::npos) return false;
  line = text.substr(0, end);
  text.erase(0, end + 2);
  return true;
}

// Takes one command off the text, once it is complete.
bool take_command(std::string& text, Words& words) {
  std::string rest = text;
  std::string line;
  if (!take_line(rest, line) || line.empty() || line[0] != '*') return false;
  const int count = std::atoi(line.c_str() + 1);
  words.clear();
  for (int i = 0; i < count; ++i) {
    if (!take_line(rest, line)) return false;
    const size_t size = static_cast<size_t>(std::atoi(line.c_str() + 1));
    if (rest.size() < size + 2) return false;
    words.push_back(rest.substr(0, size));
    rest.erase(0, size + 2);
  }
  text = rest;
  return true;
}

}  // namespace

Words FakeConnection::read_command() {
  Words words;
  while (!take_command(unread_, words)) {
    pollfd watched{descriptor_, POLLIN, 0};
    const int count = poll(&watched, 1, 10);
    if (is_over_) return {};
    if (count == 0) continue;
    char chunk[4096];
    const ssize_t size = recv(descriptor_, chunk, sizeof chunk, 0);
    if (size <= 0) return {};
    unread_.append(chunk, static_cast<size_t>(size));
  }
  return words;
}

bool FakeConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool FakeConnection::trickle(std::string_view bytes, int pause_ms) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (is_over_ || !send(bytes.substr(i, 1))) return false;
    pause(pause_ms);
  }
  return true;
}

void FakeConnection::pause(int ms) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (!is_over_ && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(ms, 5)));
  }
}

void FakeConnection::shut_down() { shutdown(descriptor_, SHUT_WR); }

void FakeConnection::end() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

void FakeConnection::reset() {
  const linger at_once{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end();
}

FakeRedis::FakeRedis(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) abort();
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) abort();
  if (listen(listener_, 128) != 0) abort();
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

FakeRedis::~FakeRedis() {
  is_over_ = true;
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

void FakeRedis::accept_all() {
  while (!is_over_) {
    pollfd watched{listener_, POLLIN, 0};
    if (poll(&watched, 1, 10) <= 0) continue;
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int number = accepted_++;
    threads_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void FakeRedis::serve(int descriptor, int number) {
  const int open = ++open_;
  for (int most = most_open_; most < open && !most_open_.compare_exchange_weak(most, open);) {
  }
  FakeConnection connection(descriptor, number, is_over_);
  behaviour_(connection);
  --open_;
  connection.end();
}

bool answer_honestly(FakeConnection& connection, const Words& command) {
  const std::string& name = command[0];
  if (name == "EVALSHA" || name == "EVAL") return false;
  if (name == "PING") return connection.send("+PONG\r\n");
  if (name != "TIME") return connection.send("+OK\r\n");
  const std::string seconds = std::to_string(now_ms() / 1000);
  return connection.send("*2\r\n$" + std::to_string(seconds.size()) + "\r\n" + seconds + "\r\n$1\r\n0\r\n");
}

std::string script_reply(int code, std::string_view text) {
  return "*3\r\n:" + std::to_string(code) + "\r\n$" + std::to_string(text.size()) + "\r\n" + std::string(text) +
         "\r\n:" + std::to_string(now_ms()) + "\r\n";
}

FakeRedis::Behaviour answers(std::string reply_to_scripts) {
  return [reply = std::move(reply_to_scripts)](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (!answer_honestly(connection, command)) connection.send(reply);
    }
  };
}

}  // namespace swt::test
