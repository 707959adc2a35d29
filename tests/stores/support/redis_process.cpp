#include "redis_process.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace swt::test {
namespace {

constexpr int kAttempts = 5;
constexpr auto kStartDeadline = std::chrono::seconds(10);

pid_t spawn(std::vector<std::string> args) {
  std::vector<char*> words;
  for (std::string& arg : args) words.push_back(arg.data());
  words.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no server behind
  execvp(words[0], words.data());
  _exit(127);
}

}  // namespace

int free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(probe, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

RedisProcess::RedisProcess(Options options) : options_(std::move(options)) {
  // Between finding a port and using it another process may have taken it.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    port_ = free_port();
    if (launch()) return;
  }
  throw std::runtime_error("redis-server does not start: is it installed?");
}

RedisProcess::~RedisProcess() { kill(); }

bool RedisProcess::launch() {
  const std::string port = std::to_string(port_);
  std::vector<std::string> args = {"redis-server",
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--bind",
                                   "127.0.0.1",
                                   "--port",
                                   options_.is_tls ? "0" : port,
                                   "--dir",
                                   folder_.path(),
                                   "--logfile",
                                   folder_.file("redis.log"),
                                   "--unixsocket",
                                   socket_path()};
  if (options_.is_tls) args.insert(args.end(), {"--tls-port", port});
  args.insert(args.end(), options_.args.begin(), options_.args.end());
  pid_ = spawn(std::move(args));

  const auto deadline = std::chrono::steady_clock::now() + kStartDeadline;
  while (std::chrono::steady_clock::now() < deadline) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    if (is_ready()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  kill();
  return false;
}

void RedisProcess::connect_control() {
  if (control_ >= 0) close(control_);
  control_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path().copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(control_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
  close(control_);
  control_ = -1;
}

bool RedisProcess::is_ready() {
  connect_control();
  return control_ >= 0 && run({"PING"}) == "+PONG\r\n";
}

void RedisProcess::freeze() const {
  ::kill(pid_, SIGSTOP);
  waitpid(pid_, nullptr, WUNTRACED);  // it stands still from now on
}
void RedisProcess::thaw() const { ::kill(pid_, SIGCONT); }

void RedisProcess::kill() {
  if (control_ >= 0) close(control_);
  control_ = -1;
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  unlink(socket_path().c_str());
}

void RedisProcess::start_again() {
  kill();
  if (!launch()) throw std::runtime_error("redis-server does not start again");
}

std::string RedisProcess::run(const std::vector<std::string>& words) const {
  std::string command = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) command += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  if (send(control_, command.data(), command.size(), MSG_NOSIGNAL) < 0) return "";
  std::string reply(65536, '\0');  // on loopback a short reply comes in one piece
  const ssize_t size = recv(control_, reply.data(), reply.size(), 0);
  reply.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return reply;
}

int RedisProcess::calls_of(const std::string& command) const {
  const std::string info = run({"INFO", "commandstats"});
  const std::string name = "cmdstat_" + command + ":calls=";
  const size_t at = info.find(name);
  return at == std::string::npos ? 0 : std::atoi(info.c_str() + at + name.size());
}

}  // namespace swt::test
