// A real redis-server for one test: in memory only, on a free loopback port and a unix socket, ended by its pid.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "temp_folder.h"

namespace swt::test {

// A loopback port that nobody listens on.
int free_port();

class RedisProcess {
 public:
  struct Options {
    std::vector<std::string> args;  // further arguments of redis-server
    bool is_tls = false;            // its TCP port speaks TLS; args name the certificates
  };

  RedisProcess() : RedisProcess(Options{}) {}
  explicit RedisProcess(Options options);
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  int port() const { return port_; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  std::string socket_path() const { return folder_.file("redis.sock"); }

  void freeze() const;
  void thaw() const;
  void kill();
  void start_again();  // on the same port, and empty

  // Runs a command as the default user, over a connection of the test's own. The reply as Redis writes it.
  std::string run(const std::vector<std::string>& words) const;
  // How often a command ran: its counter in INFO commandstats.
  int calls_of(const std::string& command) const;

 private:
  bool launch();
  bool is_ready();
  void connect_control();

  TempFolder folder_;
  Options options_;
  int port_ = 0;
  pid_t pid_ = -1;
  int control_ = -1;
};

}  // namespace swt::test
