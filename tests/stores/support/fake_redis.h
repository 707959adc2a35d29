// A server of the test's own making on loopback, which says whatever the test wants.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace swt::test {

using Words = std::vector<std::string>;

class FakeRedis;

class FakeConnection {
 public:
  FakeConnection(int descriptor, int number, const std::atomic<bool>& is_over)
      : number(number), descriptor_(descriptor), is_over_(is_over) {}

  // The next command; empty when the client has left, or the test is over.
  Words read_command();
  // False when the client has left.
  bool send(std::string_view bytes);
  // One byte after the other, with pauses.
  bool trickle(std::string_view bytes, int pause_ms);
  // Waits, but not longer than the test.
  void pause(int ms) const;
  // Waits until the test is over.
  void say_nothing() const { pause(3600000); }
  // Says that nothing more will be sent.
  void shut_down();
  // Cuts the connection, by FIN or by RST, whatever is on its way.
  void end();
  void reset();

  const int number;  // 0 for the first that was accepted

 private:
  friend class FakeRedis;

  int descriptor_;
  const std::atomic<bool>& is_over_;
  std::string unread_;
};

class FakeRedis {
 public:
  using Behaviour = std::function<void(FakeConnection&)>;

  // The behaviour runs for each connection on a thread of its own.
  explicit FakeRedis(Behaviour behaviour);
  ~FakeRedis();
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  int port() const { return port_; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  int accepted() const { return accepted_; }  // connections, until now
  int most_open() const { return most_open_; }

 private:
  void accept_all();
  void serve(int descriptor, int number);

  const Behaviour behaviour_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> accepted_ = 0;
  std::atomic<int> open_ = 0;
  std::atomic<int> most_open_ = 0;
  std::vector<std::thread> threads_;  // of connections; the accepting thread's own
  std::thread accepting_;
};

// Logs everybody in, and gives this reply to each script.
FakeRedis::Behaviour answers(std::string reply_to_scripts);

// One command as an honest Redis answers it, unless it is a script: then false, and nothing was said.
bool answer_honestly(FakeConnection& connection, const Words& command);

// A reply of three parts, as scripts give it, with the time of now.
std::string script_reply(int code, std::string_view text = "");

}  // namespace swt::test
