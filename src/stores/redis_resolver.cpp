#include "stores/redis_resolver.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>

namespace swt {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

constexpr size_t kMaxAddresses = 16;

// What name services need, and not the host's default, which may be anything.
constexpr size_t kStackSize = 1024 * 1024;

AddressList look_up(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) found = nullptr;
  return {found, &freeaddrinfo};
}

// Threads made while this lives get no signals: those are for the host's own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

bool start_detached(void* (*function)(void*), void* argument) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackSize);
  const SignalsBlocked blocked;
  pthread_t thread{};
  const bool is_started = pthread_create(&thread, &attributes, function, argument) == 0;
  pthread_attr_destroy(&attributes);
  return is_started;
}

}  // namespace

// Shared with the helper thread, which may outlive the store. All its memory is there before the thread starts, so that
// the thread has nothing to throw.
struct RedisResolver::Lookup {
  Lookup(const std::string& host_in, uint16_t port_in) : host(host_in), port(std::to_string(port_in)) {}

  const std::string host;
  const std::string port;
  std::mutex mutex;
  std::condition_variable answered;
  bool is_answered = false;
  size_t count = 0;
  std::array<RedisAddress, kMaxAddresses> addresses;

  bool is_over() {
    const std::lock_guard lock(mutex);
    return is_answered;
  }
};

void* RedisResolver::run(void* argument) {
  const std::unique_ptr<std::shared_ptr<Lookup>> owned(static_cast<std::shared_ptr<Lookup>*>(argument));
  Lookup& lookup = **owned;
  const AddressList found = look_up(lookup.host, lookup.port);
  const std::lock_guard lock(lookup.mutex);
  for (const addrinfo* next = found.get(); next != nullptr && lookup.count < kMaxAddresses; next = next->ai_next) {
    if (next->ai_addrlen > sizeof(sockaddr_storage)) continue;
    RedisAddress& address = lookup.addresses[lookup.count++];
    std::memcpy(&address.storage, next->ai_addr, next->ai_addrlen);
    address.size = next->ai_addrlen;
  }
  lookup.is_answered = true;
  lookup.answered.notify_all();
  return nullptr;
}

bool RedisResolver::start(const std::shared_ptr<Lookup>& lookup) {
  auto argument = std::make_unique<std::shared_ptr<Lookup>>(lookup);
  if (!start_detached(&RedisResolver::run, argument.get())) return false;
  static_cast<void>(argument.release());  // the thread's
  return true;
}

Result<std::shared_ptr<RedisResolver::Lookup>> RedisResolver::lookup_in_flight() {
  const std::lock_guard lock(mutex_);
  if (lookup_ && !lookup_->is_over()) return lookup_;
  auto started = std::make_shared<Lookup>(host_, port_);
  if (!start(started)) return Error(Status::store_connection, "no thread to resolve the host name of redis");
  lookup_ = started;
  return started;
}

Result<std::vector<RedisAddress>> RedisResolver::resolve(Deadline deadline) {
  if (const std::optional<RedisAddress> numeric = numeric_address(host_, port_)) return std::vector{*numeric};

  const Result<std::shared_ptr<Lookup>> in_flight = lookup_in_flight();
  if (!in_flight) return in_flight.error();
  Lookup& lookup = **in_flight;
  std::unique_lock lock(lookup.mutex);
  if (!lookup.answered.wait_for(lock, std::chrono::microseconds(deadline.left_us()),
                                [&] { return lookup.is_answered; })) {
    return Error(Status::store_timeout, "the host name of redis was not resolved in time");
  }
  if (lookup.count == 0) return Error(Status::store_connection, "the host name of redis cannot be resolved");
  return std::vector(lookup.addresses.begin(), lookup.addresses.begin() + static_cast<ptrdiff_t>(lookup.count));
}

}  // namespace swt
