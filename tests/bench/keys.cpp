// How much of swt_sign and swt_verify with PEM keys is the signature, and how much is everything else.
//
//     npm run bench:keys
//
// Everything takes short turns in one run, so that a slow moment of the machine falls on all, and is measured in the
// thread's own processor time, so that other programs do not count; what is printed are medians. The yardstick is OpenSSL alone over the same bytes, with a ready EVP_PKEY:
//   openssl         EVP_DigestSign and EVP_DigestVerify, each with a new EVP_MD_CTX and its init, as most programs do
//   openssl, ready  the same with EVP_MD_CTX_copy_ex of a context that was set up once
//   key room        TokenKey::sign and check_signature
//   whole call      swt_sign and swt_verify of the C interface, without a store: about 200 bytes of payload
#include <openssl/evp.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "../unit/support/capi.h"
#include "../unit/support/key_pair.h"
#include "crypto/token_key.h"

namespace swt {
namespace {

using test::require;

constexpr int kRounds = 301;
constexpr int kWarmUp = 20;
constexpr const char* kData =
    R"({"userId":"user_4711","username":"alice.example.org","roles":["reader","editor"],"tenant":"north-west-region-77",)"
    R"("locale":"en-GB","plan":"business","features":["export","audit"],"theme":"dark"})";

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
DigestContext new_context() { return {EVP_MD_CTX_new(), EVP_MD_CTX_free}; }

struct Subject {
  const char* name;
  std::function<void()> run;
  std::vector<double> times = {};

  double median() {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }
};

double microseconds(const std::function<void()>& run, int operations) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double start = now();
  for (int i = 0; i < operations; ++i) run();
  return (now() - start) / operations;
}

void measure(const char* title, double target, int operations, std::vector<Subject> subjects) {
  for (int round = -kWarmUp; round < kRounds; ++round) {
    for (Subject& subject : subjects) {
      const double time = microseconds(subject.run, operations);
      if (round >= 0) subject.times.push_back(time);
    }
  }
  const double bare = subjects.front().median();
  std::printf("%s\n", title);
  for (Subject& subject : subjects) {
    std::printf("  %-16s %8.2f us   %5.3f x", subject.name, subject.median(), subject.median() / bare);
    if (&subject == &subjects.back()) std::printf("   target %.2f x", target);
    std::printf("\n");
  }
}

void bench(const char* name, const test::KeyPair& pair, double sign_target, double verify_target, int signs, int checks) {
  const std::string pem = pair.pkcs8_pem();
  swt_key* made_key = nullptr;
  require(swt_key_new_private_pem(test::view(pem), test::view(test::kEncryptionSecret), 0, &made_key) == SWT_OK, "a key");
  const test::Key key(made_key);
  swt_config* made_config = nullptr;
  require(swt_config_new(&made_config) == SWT_OK, "a config");
  const test::Config config(made_config);
  require(swt_config_set_key(config.get(), key.get()) == SWT_OK, "a key in a config");
  swt_engine* made_engine = nullptr;
  require(swt_engine_new(config.get(), &made_engine) == SWT_OK, "an engine");
  const test::EngineHandle engine(made_engine);

  const auto sign = [&] {
    swt_sign_request request = SWT_SIGN_REQUEST_INIT;
    request.data_json = swt_text(kData);
    swt_grant* grant = nullptr;
    require(swt_sign(engine.get(), &request, &grant) == SWT_OK, swt_last_error_message());
    return test::GrantHandle(grant);
  };
  const test::GrantHandle grant = sign();
  const std::string token = test::text(swt_grant_token(grant.get()));
  const std::string text = token.substr(0, token.rfind('.'));
  const std::string signature = test::from_base64url(token.substr(token.rfind('.') + 1));

  const auto room = TokenKey::from_private_pem(pem, test::kEncryptionSecret, ShortSecret::refuse);
  require(room.ok(), "a key of the key room");
  std::vector<uint8_t> out(1024);

  const DigestContext ready_sign = new_context();
  const DigestContext ready_check = new_context();
  require(EVP_DigestSignInit(ready_sign.get(), nullptr, EVP_sha256(), nullptr, pair.get()) == 1, "ready");
  require(EVP_DigestVerifyInit(ready_check.get(), nullptr, EVP_sha256(), nullptr, pair.get()) == 1, "ready");

  const auto finish_sign = [&](EVP_MD_CTX* context) {
    size_t size = out.size();
    require(EVP_DigestSign(context, out.data(), &size, test::bytes_of(text), text.size()) == 1, "a signature");
  };
  const auto finish_check = [&](EVP_MD_CTX* context) {
    require(EVP_DigestVerify(context, test::bytes_of(signature), signature.size(), test::bytes_of(text), text.size()) == 1,
            "a good signature");
  };

  std::printf("\n%s, a token of %zu bytes, %zu of them signed\n", name, token.size(), text.size());
  measure("sign", sign_target, signs,
          {{"openssl",
            [&] {
              const DigestContext context = new_context();
              require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair.get()) == 1, "init");
              finish_sign(context.get());
            }},
           {"openssl, ready",
            [&] {
              const DigestContext context = new_context();
              require(EVP_MD_CTX_copy_ex(context.get(), ready_sign.get()) == 1, "copy");
              finish_sign(context.get());
            }},
           {"key room", [&] { require((*room)->sign(as_bytes(text), out).ok(), "a signature"); }},
           {"whole call", [&] { sign(); }}});
  measure("verify", verify_target, checks,
          {{"openssl",
            [&] {
              const DigestContext context = new_context();
              require(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pair.get()) == 1, "init");
              finish_check(context.get());
            }},
           {"openssl, ready",
            [&] {
              const DigestContext context = new_context();
              require(EVP_MD_CTX_copy_ex(context.get(), ready_check.get()) == 1, "copy");
              finish_check(context.get());
            }},
           {"key room",
            [&] { require((*room)->check_signature(as_bytes(text), as_bytes(signature)).ok(), "a good signature"); }},
           {"whole call", [&] {
              swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
              request.token = test::view(token);
              swt_claims* claims = nullptr;
              require(swt_verify(engine.get(), &request, &claims) == SWT_OK, swt_last_error_message());
              swt_claims_free(claims);
            }}});
}

}  // namespace
}  // namespace swt

int main() {
  std::printf("%s\n", swt_version_details());
  swt::bench("RSA-2048", swt::test::KeyPair::rsa(), 1.05, 1.3, 6, 40);
  swt::bench("P-256", swt::test::KeyPair::ec(), 1.25, 1.25, 30, 12);
  return 0;
}
