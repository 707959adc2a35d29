// What a process has and the library shares with it: it is left as it was found, and what it holds has no effect.
#include <fcntl.h>
#include <locale.h>
#include <openssl/err.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "../stores/support/fake_redis.h"
#include "support/guest.h"

namespace swt {
namespace {

size_t open_descriptors() {
  const std::filesystem::directory_iterator listing("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(listing), end(listing)));
}

// Everything, with keys of every kind, over both stores, and over a Redis that is not there.
std::string use_heavily(const std::string& redis_url) {
  static const test::Client client;
  static const test::Key keys[] = {test::new_key(), test::key_from_pem(test::KeyPair::ec().pkcs8_pem()),
                                   test::key_from_pem(test::KeyPair::rsa().pkcs8_pem())};
  const test::Store stores[] = {test::new_store(), test::redis_store(redis_url)};
  for (const test::Key& key : keys) {
    for (const test::Store& store : stores) {
      const std::string wrong = test::use_everything(test::engine_of(key.get(), store.get()).get(), client);
      if (!wrong.empty()) return wrong;
    }
  }
  swt_key* none = nullptr;
  if (swt_key_new_private_pem(test::view("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                              test::view(test::kEncryptionSecret), 0, &none) != SWT_ERR_KEY) {
    return "a bad PEM";
  }
  const test::Store nowhere = test::redis_store("redis://127.0.0.1:" + std::to_string(test::free_port()));
  if (swt_store_ping(nowhere.get()) != SWT_UNAVAILABLE_CONNECTION) return "a ping to nobody";
  return "";
}

TEST(Surroundings, SignalsMaskUmaskAndFolderAreAsTheyWere) {
  const test::RedisProcess redis;
  struct sigaction before[65] = {};
  struct sigaction after[65] = {};
  // The two between the others and SIGRTMIN are the C library's own.
  std::vector<int> numbers;
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (number < 32 || number >= SIGRTMIN) numbers.push_back(number);
  }
  for (const int number : numbers) sigaction(number, nullptr, &before[number]);
  sigset_t mask_before;
  sigset_t mask_after;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
  const mode_t creation_mask = umask(027);
  const std::filesystem::path folder = std::filesystem::current_path();

  EXPECT_EQ(use_heavily(redis.url()), "");

  for (const int number : numbers) {
    sigaction(number, nullptr, &after[number]);
    EXPECT_EQ(before[number].sa_handler, after[number].sa_handler) << "signal " << number;
    EXPECT_EQ(before[number].sa_flags, after[number].sa_flags) << "signal " << number;
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
  for (const int number : numbers) {
    EXPECT_EQ(sigismember(&mask_before, number), sigismember(&mask_after, number)) << "signal " << number;
  }
  EXPECT_EQ(umask(creation_mask), mode_t{027});
  EXPECT_EQ(std::filesystem::current_path(), folder);
}

TEST(Surroundings, NothingIsPrinted) {
  const test::RedisProcess redis;
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  EXPECT_EQ(test::in_child([&] {
              dup2(ends[1], STDOUT_FILENO);
              dup2(ends[1], STDERR_FILENO);
              const std::string wrong = use_heavily(redis.url());
              fflush(nullptr);
              return wrong.empty();
            }),
            0);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), -1) << "it printed something";
  close(ends[0]);
  close(ends[1]);
}

TEST(Surroundings, DescriptorsAreGivenBack) {
  const test::RedisProcess redis;
  EXPECT_EQ(use_heavily(redis.url()), "");
  const size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(use_heavily(redis.url()), "");
  EXPECT_EQ(open_descriptors(), before);
}

// A program that is started inherits nothing of the library's.
TEST(Surroundings, DescriptorsAreNotInherited) {
  const test::RedisProcess redis;
  const test::Store store = test::redis_store(redis.url());
  std::set<int> before;
  for (int number = 0; number < 256; ++number) {
    if (fcntl(number, F_GETFD) >= 0) before.insert(number);
  }
  ASSERT_EQ(swt_store_ping(store.get()), SWT_OK);
  int opened = 0;
  for (int number = 0; number < 256; ++number) {
    const int flags = fcntl(number, F_GETFD);
    if (flags < 0 || before.contains(number)) continue;
    opened += 1;
    EXPECT_TRUE(flags & FD_CLOEXEC) << number;
  }
  EXPECT_GT(opened, 0) << "a connection is open";
}

// OpenSSL keeps a queue of errors for each thread, which belongs to the program.
TEST(Surroundings, OpenSslsErrorsAreLeftAlone) {
  const test::RedisProcess redis;
  EXPECT_EQ(use_heavily(redis.url()), "");
  ERR_clear_error();
  EXPECT_EQ(use_heavily(redis.url()), "");
  EXPECT_EQ(ERR_peek_error(), 0u) << "an error was left behind";

  ERR_raise_data(ERR_LIB_USER, 42, "the program's own");
  const unsigned long own = ERR_peek_error();
  EXPECT_EQ(use_heavily(redis.url()), "") << "somebody else's error has no effect";
  EXPECT_EQ(ERR_get_error(), own);
  EXPECT_EQ(ERR_peek_error(), 0u) << "and no other came to it";
}

// errno is not part of the answer: it may change in any call, as in any call of the C library.
TEST(Surroundings, ErrnoHasNoEffect) {
  const test::RedisProcess redis;
  for (const int found : {0, EINTR, EAGAIN, ENOMEM, EPIPE, ERANGE, ECONNRESET}) {
    errno = found;
    EXPECT_EQ(use_heavily(redis.url()), "") << strerror(found);
  }
}

TEST(Surroundings, ALocaleWithADecimalCommaHasNoEffect) {
  const test::EngineHandle engine = test::new_engine(test::Sessions::none);
  const char* const kData = R"({"userId":7,"ratio":0.5,"big":1e300,"small":-1.25e-7})";
  const auto data_of = [&] {
    const auto grant = test::log_in(engine.get(), nullptr, kData);
    EXPECT_EQ(grant.status, SWT_OK);
    const auto claims = test::let_in(engine.get(), grant.handle.get());
    EXPECT_EQ(claims.status, SWT_OK);
    return test::text(swt_claims_data(claims.handle.get()));
  };
  const std::string as_c = data_of();
  const char* found = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ru_RU.UTF-8", "tr_TR.UTF-8"}) {
    if (found == nullptr && setlocale(LC_ALL, name) != nullptr) found = name;
  }
  if (found == nullptr) {
    // The nearest that every machine has: it is left as it was set.
    ASSERT_NE(setlocale(LC_ALL, "C.UTF-8"), nullptr);
    const std::string before = setlocale(LC_ALL, nullptr);
    EXPECT_EQ(data_of(), as_c);
    EXPECT_EQ(setlocale(LC_ALL, nullptr), before);
    setlocale(LC_ALL, "C");
    GTEST_SKIP() << "no locale with a decimal comma is installed";
  }
  const std::string before = setlocale(LC_ALL, nullptr);
  EXPECT_EQ(data_of(), as_c);
  EXPECT_EQ(setlocale(LC_ALL, nullptr), before);
  setlocale(LC_ALL, "C");
}

// A connection that is cut under the client must not end the program by SIGPIPE.
TEST(Surroundings, ACutConnectionRaisesNoSigpipe) {
  struct sigaction disposition{};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &disposition), 0);
  ASSERT_EQ(disposition.sa_handler, SIG_DFL) << "a raised SIGPIPE would end this test";
  const test::FakeRedis redis([](test::FakeConnection& connection) {
    for (test::Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (test::answer_honestly(connection, command)) continue;
      return connection.number % 2 == 0 ? connection.end() : connection.reset();
    }
  });
  const test::Store store = test::redis_store(redis.url());
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), store.get());
  for (int i = 0; i < 50; ++i) {
    const auto grant = test::log_in(engine.get());
    EXPECT_EQ(swt_status_class(grant.status), 4) << swt_status_name(grant.status);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The environment: a program of its own, started anew, since much is read once at the first use
// ---------------------------------------------------------------------------------------------------------------------

constexpr const char* kFolderVariable = "SWT_TEST_FOLDER";
constexpr const char* kUnusableVariable = "SWT_TEST_OPENSSL_IS_UNUSABLE";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// In a process whose OpenSSL may be unusable to everybody else: nothing here but the library calls it.
TEST(SurroundingsChild, DISABLED_UsesTheLibrary) {
  const char* folder = getenv(kFolderVariable);
  ASSERT_NE(folder, nullptr);
  const auto file = [&](const char* name) { return read_file(std::string(folder) + "/" + name); };
  for (const char* pem : {"ec.pem", "rsa.pem"}) {
    const test::Key key = test::key_from_pem(file(pem));
    const test::EngineHandle engine = test::engine_of(key.get(), test::new_store().get());
    const std::string jwk = file("jwk.json");
    swt_sign_request request = SWT_SIGN_REQUEST_INIT;
    request.data_json = test::view(R"({"userId":"alice"})");
    request.client_key_jwk = test::view(jwk);
    swt_grant* made = nullptr;
    ASSERT_EQ(swt_sign(engine.get(), &request, &made), SWT_OK) << swt_last_error_message();
    const test::GrantHandle grant(made);
    EXPECT_EQ(test::let_in(engine.get(), grant.get(), file("proof")).status, SWT_OK) << swt_last_error_message();
  }
  const test::EngineHandle engine = test::new_engine();
  const auto grant = test::log_in(engine.get());
  ASSERT_EQ(grant.status, SWT_OK) << swt_last_error_message();
  EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_OK) << swt_last_error_message();
  const test::Store store = test::redis_store(file("redis"));
  EXPECT_EQ(swt_store_ping(store.get()), SWT_OK) << swt_last_error_message();

  if (getenv(kUnusableVariable) == nullptr) return;
  EXPECT_EQ(EVP_MD_fetch(nullptr, "SHA256", nullptr), nullptr) << "the setting that this is about has no effect";
}

int child_with(const std::vector<std::string>& environment) {
  return test::run_anew("SurroundingsChild.DISABLED_UsesTheLibrary", environment);
}

TEST(Surroundings, TheEnvironmentHasNoEffect) {
  const test::RedisProcess redis;
  const test::TempFolder folder;
  const test::Client client;
  const auto write = [&](const char* name, const std::string& text) { std::ofstream(folder.file(name)) << text; };
  write("ec.pem", test::KeyPair::ec().pkcs8_pem());
  write("rsa.pem", test::KeyPair::rsa().pkcs8_pem());
  write("jwk.json", client.jwk);
  write("proof", client.proof());
  write("redis", redis.url());
  write("broken.cnf", "openssl_conf = nothing\n[[[[\n\\x00 = = =\n");
  write("diagnosed.cnf", "config_diagnostics = 1\nopenssl_conf = missing\n");
  write("fips.cnf",
        "openssl_conf = all\n[all]\nproviders = providers\nalg_section = algorithms\n[providers]\nbase = base\n"
        "[base]\nactivate = 1\n[algorithms]\ndefault_properties = fips=yes\n");
  write("module.cnf",
        "config_diagnostics = 1\nopenssl_conf = all\n[all]\nproviders = providers\n[providers]\nevil = evil\n"
        "[evil]\nmodule = /nowhere/evil.so\nactivate = 1\n");

  const std::string place = std::string(kFolderVariable) + "=" + folder.path();
  EXPECT_EQ(child_with({place}), 0) << "as it is";
  for (const char* name : {"absent.cnf", "broken.cnf", "diagnosed.cnf", "module.cnf"}) {
    EXPECT_EQ(child_with({place, "OPENSSL_CONF=" + folder.file(name)}), 0) << name;
  }
  EXPECT_EQ(child_with({place, "OPENSSL_CONF=" + folder.file("fips.cnf"), std::string(kUnusableVariable) + "=1"}), 0);
  EXPECT_EQ(child_with({place, "OPENSSL_MODULES=/nowhere", "OPENSSL_ENGINES=/nowhere", "OPENSSL_ia32cap=~0",
                        "SSL_CERT_FILE=/nowhere", "SSL_CERT_DIR=/nowhere", "RANDFILE=/nowhere", "REDIS_URL=redis://127.0.0.1:1",
                        "REDISCLI_AUTH=x", "http_proxy=http://127.0.0.1:1", "ALL_PROXY=http://127.0.0.1:1", "LC_ALL=nonsense",
                        "TZ=:/nowhere", "RES_OPTIONS=timeout:1", "HOSTALIASES=/nowhere"}),
            0);
}

}  // namespace
}  // namespace swt
