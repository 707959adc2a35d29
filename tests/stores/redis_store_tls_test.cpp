// Redis over TLS: the right server, and everybody who is not.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/asking.h"
#include "support/certificates.h"
#include "support/fake_redis.h"
#include "support/redis_process.h"

namespace swt {
namespace {

using test::alice;
using test::ask;
using test::Certificate;
using test::FakeConnection;
using test::FakeRedis;
using test::kMissing;
using test::kNoConnection;
using test::kTimeout;
using test::kYes;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;
using test::registration_of;
using test::Stopwatch;
using test::TempFolder;

// A CA, and what it has certified.
class RedisStoreTls : public testing::Test {
 protected:
  RedisProcess::Options serving(const Certificate& certificate, const std::vector<std::string>& more = {}) const {
    RedisProcess::Options options;
    options.is_tls = true;
    options.args = {"--tls-cert-file",    certificate.certificate_file(), "--tls-key-file",     certificate.key_file(),
                    "--tls-ca-cert-file", ca.certificate_file(),          "--tls-auth-clients", "no"};
    options.args.insert(options.args.end(), more.begin(), more.end());
    return options;
  }

  static std::string url_of(const RedisProcess& redis, const std::string& host = "127.0.0.1") {
    return "rediss://" + host + ":" + std::to_string(redis.port());
  }

  RedisStoreOptions trusting(const std::string& ca_file) const {
    RedisStoreOptions options = test::patient();
    options.ca_file = ca_file;
    return options;
  }
  RedisStoreOptions trusting() const { return trusting(ca.certificate_file()); }

  Certificate certify(const std::string& name, const test::CertificateOptions& options) const {
    return Certificate(folder, name, options, &ca);
  }
  Certificate certify(const std::string& name, const std::string& names) const {
    test::CertificateOptions options;
    options.names = names;
    return certify(name, options);
  }

  // Why a server with this certificate is not talked to under this name; "" when it is.
  std::string refusal_of(const Certificate& certificate, const std::string& host = "127.0.0.1") const {
    const RedisProcess redis(serving(certificate));
    const auto store = open_store(url_of(redis, host), trusting());
    const Result<void> said = store->ping();
    if (said) return "";
    EXPECT_EQ(said.error().status, Status::store_connection);
    EXPECT_EQ(ask(*store, lookup_of(alice())), kNoConnection);
    return said.error().detail;
  }

  static test::CertificateOptions for_ca() {
    test::CertificateOptions options;
    options.common_name = "the test's CA";
    options.names = "";
    options.is_ca = true;
    return options;
  }

  TempFolder folder;
  const Certificate ca{folder, "ca", for_ca()};
  const Certificate good = certify("good", "DNS:localhost,IP:127.0.0.1");
  const std::string not_trusted =
      "the certificate of redis is not from the given CA, not for this host, or not valid now";
};

TEST_F(RedisStoreTls, AsksTheRightServer) {
  const RedisProcess redis(serving(good));
  const auto store = open_store(url_of(redis), trusting());
  EXPECT_EQ(ask(*store, registration_of(alice())), kYes);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(*store, test::verification_of(alice())), kYes);
  EXPECT_EQ(ask(*store, test::revocation_of(alice())), kYes);
  EXPECT_EQ(test::status_of(store->ping()), Status::ok);
  EXPECT_EQ(redis.calls_of("time"), 1 + 52) << "all over one connection";
}

TEST_F(RedisStoreTls, AsksWithAPasswordInADatabase) {
  const RedisProcess redis(serving(good));
  redis.run({"ACL", "SETUSER", "alice", "on", ">secret", "~*", "+@all"});
  const std::string place = "127.0.0.1:" + std::to_string(redis.port()) + "/3";
  EXPECT_EQ(ask(*open_store("rediss://alice:secret@" + place, trusting()), lookup_of(alice())), kMissing);
  EXPECT_EQ(ask(*open_store("rediss://alice:wrong@" + place, trusting()), lookup_of(alice())), test::kRefused);
}

TEST_F(RedisStoreTls, TakesBothVersionsAndNoOlder) {
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    const RedisProcess redis(serving(good, {"--tls-protocols", version}));
    EXPECT_EQ(ask(*open_store(url_of(redis), trusting()), lookup_of(alice())), kMissing) << version;
  }
  const RedisProcess old(serving(good, {"--tls-protocols", "TLSv1.1", "--tls-ciphers", "ALL:@SECLEVEL=0"}));
  EXPECT_EQ(ask(*open_store(url_of(old), trusting()), lookup_of(alice())), kNoConnection);
}

TEST_F(RedisStoreTls, TakesAuthenticatedEncryptionWithForwardSecrecyOnly) {
  const auto with_cipher = [&](const std::string& cipher) {
    return serving(good, {"--tls-protocols", "TLSv1.2", "--tls-ciphers", cipher});
  };
  const RedisProcess gcm(with_cipher("ECDHE-ECDSA-AES128-GCM-SHA256"));
  EXPECT_EQ(ask(*open_store(url_of(gcm), trusting()), lookup_of(alice())), kMissing);
  const RedisProcess cbc(with_cipher("ECDHE-ECDSA-AES128-SHA"));
  EXPECT_EQ(ask(*open_store(url_of(cbc), trusting()), lookup_of(alice())), kNoConnection);
}

TEST_F(RedisStoreTls, HoldsTheServerToItsName) {
  EXPECT_EQ(refusal_of(good, "localhost"), "");
  EXPECT_EQ(refusal_of(good, "127.0.0.1"), "");
  EXPECT_EQ(refusal_of(certify("other", "DNS:redis.example"), "localhost"), not_trusted);
  EXPECT_EQ(refusal_of(certify("address", "IP:127.0.0.1"), "localhost"), not_trusted);
}

TEST_F(RedisStoreTls, HoldsTheServerToItsAddress) {
  EXPECT_EQ(refusal_of(certify("address", "IP:127.0.0.1")), "");
  EXPECT_EQ(refusal_of(certify("other", "IP:127.0.0.2")), not_trusted);
  EXPECT_EQ(refusal_of(certify("name", "DNS:localhost")), not_trusted);
  EXPECT_EQ(refusal_of(certify("as_name", "DNS:127.0.0.1")), not_trusted) << "an address is no name";
}

TEST_F(RedisStoreTls, DoesNotLookAtTheCommonName) {
  test::CertificateOptions options;
  options.common_name = "localhost";
  options.names = "";
  EXPECT_EQ(refusal_of(certify("common", options), "localhost"), not_trusted);
  options.names = "DNS:localhost";
  EXPECT_EQ(refusal_of(certify("named", options), "localhost"), "");
}

TEST_F(RedisStoreTls, DoesNotTrustASelfSignedServer) {
  const Certificate itself(folder, "itself", {});
  EXPECT_EQ(refusal_of(itself), not_trusted);
}

// The same name, another key.
TEST_F(RedisStoreTls, DoesNotTrustAnotherCa) {
  const Certificate impostor(folder, "impostor", for_ca());
  const Certificate certified(folder, "certified", {}, &impostor);
  EXPECT_EQ(refusal_of(certified), not_trusted);
  const RedisProcess redis(serving(certified));
  EXPECT_EQ(ask(*open_store(url_of(redis), trusting(impostor.certificate_file())), lookup_of(alice())), kMissing);
}

TEST_F(RedisStoreTls, DoesNotTrustAServerThatIsNoCaToCertifyAnother) {
  const Certificate below(folder, "below", {}, &good);
  std::ofstream(folder.file("below.crt"), std::ios::app) << std::ifstream(good.certificate_file()).rdbuf();
  EXPECT_EQ(refusal_of(below), not_trusted);
}

TEST_F(RedisStoreTls, HoldsTheServerToItsTime) {
  test::CertificateOptions options;
  options.valid_until_s = -60;
  EXPECT_EQ(refusal_of(certify("expired", options)), not_trusted);
  options.valid_from_s = 3600;
  options.valid_until_s = 7200;
  EXPECT_EQ(refusal_of(certify("future", options)), not_trusted);
  options.valid_from_s = -60;
  EXPECT_EQ(refusal_of(certify("now", options)), "");
}

TEST_F(RedisStoreTls, IsNotGivenUpForAPlainServer) {
  const RedisProcess plain;
  RedisStoreOptions options = trusting();
  options.connect_timeout_ms = 150;
  EXPECT_EQ(ask(*open_store("rediss://127.0.0.1:" + std::to_string(plain.port()), options), lookup_of(alice())),
            kTimeout)
      << "it takes our hello for the beginning of a command";
  EXPECT_EQ(ask(*open_store(plain.url()), lookup_of(alice())), kMissing);
}

TEST_F(RedisStoreTls, IsNotTakenForARedisWithoutIt) {
  const RedisProcess redis(serving(good));
  const test::Said said = ask(*open_store(redis.url()), lookup_of(alice()));
  EXPECT_TRUE(said == kNoConnection || said == test::kProtocol);
  EXPECT_EQ(ask(*open_store(url_of(redis), trusting()), lookup_of(alice())), kMissing);
}

TEST_F(RedisStoreTls, ShowsItsOwnCertificate) {
  const RedisProcess redis(serving(good, {"--tls-auth-clients", "yes"}));
  const Certificate client = certify("client", "");
  RedisStoreOptions options = trusting();
  EXPECT_EQ(ask(*open_store(url_of(redis), options), lookup_of(alice())), kNoConnection) << "none to show";
  options.client_certificate_file = client.certificate_file();
  options.client_key_file = client.key_file();
  EXPECT_EQ(ask(*open_store(url_of(redis), options), lookup_of(alice())), kMissing);

  const Certificate stranger(folder, "stranger", {});
  options.client_certificate_file = stranger.certificate_file();
  options.client_key_file = stranger.key_file();
  EXPECT_EQ(ask(*open_store(url_of(redis), options), lookup_of(alice())), kNoConnection) << "not from the server's CA";
}

TEST_F(RedisStoreTls, ReadsItsFilesWhenItIsOpened) {
  const auto open_with = [&](const std::string& ca_file, const std::string& certificate, const std::string& key) {
    RedisStoreOptions options = trusting(ca_file);
    options.client_certificate_file = certificate;
    options.client_key_file = key;
    return test::status_of(RedisStore::open("rediss://host", options));
  };
  std::ofstream(folder.file("empty")) << "";
  std::ofstream(folder.file("text")) << "no certificate\n";
  const std::string ca_file = ca.certificate_file();
  EXPECT_EQ(open_with(ca_file, "", ""), Status::ok);
  EXPECT_EQ(open_with("", "", ""), Status::argument);
  EXPECT_EQ(open_with(folder.file("absent"), "", ""), Status::argument);
  EXPECT_EQ(open_with(folder.file("empty"), "", ""), Status::argument);
  EXPECT_EQ(open_with(folder.file("text"), "", ""), Status::argument);
  EXPECT_EQ(open_with(folder.path(), "", ""), Status::argument);
  EXPECT_EQ(open_with(ca_file + std::string("\0x", 2), "", ""), Status::argument);

  EXPECT_EQ(open_with(ca_file, good.certificate_file(), good.key_file()), Status::ok);
  EXPECT_EQ(open_with(ca_file, good.certificate_file(), ""), Status::argument);
  EXPECT_EQ(open_with(ca_file, "", good.key_file()), Status::argument);
  EXPECT_EQ(open_with(ca_file, good.certificate_file(), ca.key_file()), Status::argument) << "another's key";
  EXPECT_EQ(open_with(ca_file, good.certificate_file(), good.certificate_file()), Status::argument);
  EXPECT_EQ(open_with(ca_file, good.key_file(), good.key_file()), Status::argument);
  EXPECT_EQ(open_with(ca_file, folder.file("absent"), good.key_file()), Status::argument);
  // Without asking for its passphrase on the terminal.
  EXPECT_EQ(open_with(ca_file, good.certificate_file(), good.encrypted_key_file()), Status::argument);
}

TEST_F(RedisStoreTls, DoesNotNeedItsFilesLater) {
  const RedisProcess redis(serving(good));
  const auto store = open_store(url_of(redis), trusting());
  std::filesystem::remove(ca.certificate_file());
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

// What the environment says about CAs is for others.
TEST_F(RedisStoreTls, DoesNotLookAtTheEnvironment) {
  const Certificate impostor(folder, "impostor", for_ca());
  const Certificate certified(folder, "certified", {}, &impostor);
  setenv("SSL_CERT_FILE", impostor.certificate_file().c_str(), 1);
  EXPECT_EQ(refusal_of(certified), not_trusted);
  unsetenv("SSL_CERT_FILE");
}

// A server that stands still in the middle of the handshake, says other things, or ends it.
TEST_F(RedisStoreTls, ComesBackFromAHandshakeThatDoesNotEnd) {
  const FakeRedis silent([](FakeConnection& connection) { connection.say_nothing(); });
  RedisStoreOptions options = trusting();
  options.connect_timeout_ms = 150;
  const std::string silent_url = "rediss://127.0.0.1:" + std::to_string(silent.port());
  const Stopwatch watch;
  EXPECT_EQ(ask(*open_store(silent_url, options), lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 150 + test::kSlackMs);

  for (const std::string& said : {std::string("\x15\x03\x03\x00\x02\x02\x28", 7), std::string("+OK\r\n"),
                                  std::string("\x16\x03\x03\x40\x00", 5) + std::string(0x4000, '\xff'),
                                  std::string(100000, '\0'), std::string("HTTP/1.1 400 Bad Request\r\n\r\n")}) {
    const FakeRedis odd([&](FakeConnection& connection) {
      connection.send(said);
      connection.pause(50);
    });
    const std::string odd_url = "rediss://127.0.0.1:" + std::to_string(odd.port());
    EXPECT_EQ(ask(*open_store(odd_url, options), lookup_of(alice())), kNoConnection);
  }
}

TEST_F(RedisStoreTls, ComesBackFromAServerThatStandsStill) {
  const RedisProcess redis(serving(good));
  RedisStoreOptions options = trusting();
  options.command_timeout_ms = 250;
  const auto store = open_store(url_of(redis), options);
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  redis.freeze();
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 250 + test::kSlackMs);
  redis.thaw();
  EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
}

TEST_F(RedisStoreTls, GoesOnAfterARestart) {
  RedisProcess redis(serving(good));
  const auto store = open_store(url_of(redis), trusting());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(*store, registration_of(alice())), kYes) << i;
    redis.start_again();
  }
}

// What other code of the host has left in OpenSSL's queue of errors is not taken for an error of ours.
TEST_F(RedisStoreTls, IsNotMisledByErrorsOfOthers) {
  const RedisProcess redis(serving(good));
  const auto store = open_store(url_of(redis), trusting());
  for (int i = 0; i < 3; ++i) {
    ERR_raise(ERR_LIB_USER, 1);
    ERR_raise(ERR_LIB_SSL, 1);
    EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  }
  EXPECT_EQ(redis.calls_of("time"), 1 + 3) << "one connection, that nobody gave up";
  ERR_clear_error();
  EXPECT_EQ(ask(*open_store(url_of(redis, "localhost"), trusting()), lookup_of(alice())), kMissing);
  EXPECT_EQ(ERR_peek_error(), 0u) << "and none of ours is left";
}

TEST_F(RedisStoreTls, SharesConnectionsAmongThreads) {
  const RedisProcess redis(serving(good));
  RedisStoreOptions options = trusting();
  options.max_connections = 2;
  const auto store = open_store(url_of(redis), options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Session session{test::numbered_session_id(i), std::to_string(i + 1), ""};
      EXPECT_EQ(ask(*store, registration_of(session)), kYes);
      for (int k = 0; k < 50; ++k) EXPECT_EQ(ask(*store, test::verification_of(session)), kYes);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RedisStoreTls, NeedsNoMoreStackThanItSays) {
  const RedisProcess redis(serving(good));
  struct Work {
    std::shared_ptr<RedisStore> store;
    bool is_done = false;
  } work{open_store(url_of(redis), trusting())};
  const auto run = [](void* given) -> void* {
    auto& its = *static_cast<Work*>(given);
    its.is_done = ask(*its.store, registration_of(alice())) == kYes && ask(*its.store, lookup_of(alice())) == kYes;
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_TRUE(work.is_done);
}

}  // namespace
}  // namespace swt
