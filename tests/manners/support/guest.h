// The library as a guest in a process: engines of every kind, everything that they can do, and child processes to see
// what becomes of it.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../stores/support/redis_process.h"
#include "../../unit/support/capi.h"
#include "../../unit/support/key_pair.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SWT_TEST_IS_SANITIZED 1
#else
#define SWT_TEST_IS_SANITIZED 0
#endif

namespace swt::test {

inline Key key_from_pem(const std::string& pem) {
  swt_key* key = nullptr;
  require(swt_key_new_private_pem(view(pem), view(kEncryptionSecret), 0, &key) == SWT_OK, swt_last_error_message());
  return Key(key);
}

inline Store redis_store(const std::string& url) {
  swt_redis_store_options options = SWT_REDIS_STORE_OPTIONS_INIT;
  options.connect_timeout_ms = options.command_timeout_ms = 20000;  // a busy machine is no outage
  swt_store* store = nullptr;
  require(swt_store_redis_open(view(url), &options, &store) == SWT_OK, swt_last_error_message());
  return Store(store);
}

inline EngineHandle engine_of(const swt_key* key, swt_store* store, swt_audit_callback audit = nullptr,
                              void* user = nullptr) {
  swt_config* made = nullptr;
  require(swt_config_new(&made) == SWT_OK, "a config");
  const Config config(made);
  require(swt_config_set_key(config.get(), key) == SWT_OK, "a key");
  require(store == nullptr || swt_config_set_store(config.get(), store) == SWT_OK, "a store");
  require(swt_config_set_audit(config.get(), audit, user) == SWT_OK, "an audit");
  swt_engine* engine = nullptr;
  require(swt_engine_new(config.get(), &engine) == SWT_OK, swt_last_error_message());
  return EngineHandle(engine);
}

// A client with its key, for threads that share it.
struct Client {
  ClientKey key;
  std::string jwk = key.jwk();

  std::string proof() const {
    static std::atomic<unsigned> number = 0;
    ProofFields fields;
    fields.timestamp = time(nullptr);
    fields.jti = "proof-" + std::to_string(getpid()) + "-" + std::to_string(++number);
    return make_proof(key, fields);
  }
};

// What an operation said, and what it gave.
template <typename Handle>
struct Outcome {
  swt_status status;
  Handle handle;
};

inline Outcome<GrantHandle> log_in(const swt_engine* engine, const Client* client = nullptr,
                                   std::string_view data = R"({"userId":"alice"})") {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  request.data_json = view(data);
  request.flags = SWT_SIGN_REFRESH_TOKEN;
  if (client != nullptr) request.client_key_jwk = view(client->jwk);
  swt_grant* grant = nullptr;
  const swt_status status = swt_sign(engine, &request, &grant);
  return {status, GrantHandle(grant)};
}

inline Outcome<ClaimsHandle> let_in(const swt_engine* engine, const swt_grant* grant, const std::string& proof = "") {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = swt_grant_token(grant);
  request.session_id = swt_grant_session_id(grant);
  if (!proof.empty()) {
    request.proof = view(proof);
    request.method = view("GET");
    request.url = view("/api/profile");
  }
  swt_claims* claims = nullptr;
  const swt_status status = swt_verify(engine, &request, &claims);
  return {status, ClaimsHandle(claims)};
}

inline Outcome<GrantHandle> refresh(const swt_engine* engine, const swt_grant* grant, const std::string& proof = "") {
  swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
  request.refresh_token = swt_grant_refresh_token(grant);
  request.session_id = swt_grant_session_id(grant);
  if (!proof.empty()) {
    request.proof = view(proof);
    request.method = view("GET");
    request.url = view("/api/profile");
  }
  swt_grant* next = nullptr;
  const swt_status status = swt_refresh(engine, &request, &next);
  return {status, GrantHandle(next)};
}

// Every operation, with and without a proof, with what must be refused; the first status that is not what it must be.
inline std::string use_everything(const swt_engine* engine, const Client& client) {
  std::string wrong;
  const auto expect = [&](const char* what, swt_status status, swt_status expected) {
    if (status == expected || !wrong.empty()) return;
    wrong = std::string(what) + ": " + swt_status_name(status) + " (" + swt_last_error_message() + ")";
  };
  const auto plain = log_in(engine);
  expect("sign", plain.status, SWT_OK);
  expect("verify", let_in(engine, plain.handle.get()).status, SWT_OK);

  const auto bound = log_in(engine, &client);
  expect("sign, bound", bound.status, SWT_OK);
  expect("verify without a proof", let_in(engine, bound.handle.get()).status, SWT_REJECTED_PROOF_MISSING);
  const std::string proof = client.proof();
  expect("verify with a proof", let_in(engine, bound.handle.get(), proof).status, SWT_OK);
  expect("verify with it again", let_in(engine, bound.handle.get(), proof).status, SWT_REJECTED_PROOF_REPLAYED);
  expect("a bad proof", let_in(engine, bound.handle.get(), "bm9uZQ").status, SWT_REJECTED_PROOF_MALFORMED);

  const auto next = refresh(engine, bound.handle.get(), client.proof());
  expect("refresh", next.status, SWT_OK);
  expect("refresh again", refresh(engine, bound.handle.get(), client.proof()).status, SWT_REJECTED_REFRESH_SUPERSEDED);
  expect("verify after refresh", let_in(engine, next.handle.get(), client.proof()).status, SWT_OK);

  expect("revoke", swt_revoke(engine, swt_grant_session_id(plain.handle.get())), SWT_OK);
  expect("verify after revoke", let_in(engine, plain.handle.get()).status, SWT_REJECTED_SESSION_REVOKED);
  expect("no claims", log_in(engine, nullptr, "{").status, SWT_ERR_DATA);
  expect("a user with a line's end", log_in(engine, nullptr, "{\"userId\":\"\\u0000\"}").status, SWT_ERR_DATA);
  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  expect("thumbprint", swt_jwk_thumbprint(view(client.jwk), thumbprint), SWT_OK);
  return wrong;
}

// How a child process ended: 0 when the body gave true. A crash is its signal, negative.
inline int in_child(const std::function<bool()>& body) {
  fflush(nullptr);  // what is written but not out yet would come out twice
  const pid_t pid = fork();
  if (pid == 0) {
    bool is_good = false;
    try {
      is_good = body();
    } catch (const std::exception& error) {
      const std::string what = std::string("child: ") + error.what() + "\n";
      (void)!write(STDERR_FILENO, what.data(), what.size());
    }
    _exit(is_good ? 0 : 1);
  }
  int state = 0;
  waitpid(pid, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state);
}

// How a test of this program ended that was run in a process of its own, started anew: much is decided once, at the first
// use. Its name begins with DISABLED_, so that it runs in no other way.
inline int run_anew(const char* test, const std::vector<std::string>& environment = {}) {
  const pid_t pid = fork();
  if (pid == 0) {
    for (const std::string& setting : environment) putenv(strdup(setting.c_str()));
    const std::string filter = std::string("--gtest_filter=") + test;
    execl("/proc/self/exe", "child", "--gtest_also_run_disabled_tests", "--gtest_brief=1", filter.c_str(),
          static_cast<char*>(nullptr));
    _exit(127);
  }
  int state = 0;
  waitpid(pid, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state);
}

inline bool said(const std::string& wrong) {
  if (wrong.empty()) return true;
  const std::string line = "child: " + wrong + "\n";
  (void)!write(STDERR_FILENO, line.data(), line.size());
  return false;
}

}  // namespace swt::test
