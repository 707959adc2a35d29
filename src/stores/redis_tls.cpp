#include "stores/redis_tls.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "crypto/openssl.h"

namespace swt {
namespace {

using Ssl = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;
using Bio = std::unique_ptr<BIO, OpensslDeleter<BIO_free>>;
using CertificateStore = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE_free>>;

constexpr Error kBroken = Error(Status::store_connection, "the TLS connection to redis broke");
constexpr Error kNoHandshake = Error(Status::store_connection, "the TLS handshake with redis failed");
constexpr Error kNotTrusted = Error(Status::store_connection,
                                    "the certificate of redis is not from the given CA, "
                                    "not for this host, or not valid now");
constexpr Error kNoTls = Error(Status::internal_crypto, "TLS cannot be set up");

// What comes off the wire at a time. A record of TLS has up to 16 KB; ours are small.
constexpr size_t kChunkSize = 4096;

// Of TLS 1.2 only what has forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
constexpr const char* kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kCiphersOfTls13 = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

// 112 bits: no RSA below 2048, no signature over SHA-1.
constexpr int kSecurityLevel = 2;

// An encrypted key would else make OpenSSL ask for its passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

// All that matters is set here: a program's openssl.cnf may have left its mark on every context of the process.
Result<void> configure(SSL_CTX* context) {
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  const bool is_set =
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, 0) == 1 &&
      SSL_CTX_set_cipher_list(context, kCiphersOfTls12) == 1 && SSL_CTX_set_ciphersuites(context, kCiphersOfTls13) == 1;
  if (!is_set) return kNoTls;
  return {};
}

// Into a store of its own, which counts before all others.
Result<void> load_ca(SSL_CTX* context, OSSL_LIB_CTX* library, const RedisTlsFiles& files) {
  CertificateStore trusted(X509_STORE_new());
  if (!trusted) return kNoTls;
  if (X509_STORE_load_file_ex(trusted.get(), files.ca.c_str(), library, nullptr) != 1) {
    return Error(Status::argument, "the CA file cannot be read, or holds no certificate");
  }
  if (SSL_CTX_set0_verify_cert_store(context, trusted.get()) != 1) return kNoTls;
  static_cast<void>(trusted.release());  // the context's
  return {};
}

Result<void> load_certificate(SSL_CTX* context, const RedisTlsFiles& files) {
  if (files.certificate.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return Error(Status::argument, "the client certificate cannot be read");
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Error(Status::argument, "the client key cannot be read, is encrypted, or is not the certificate's");
  }
  return {};
}

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// The certificate must name the host, in its subjectAltName (RFC 9525 section 6.3: the subject's CN does not count).
bool expect_host(SSL* ssl, const std::string& host) {
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  // RFC 6066 section 3: without the last dot.
  const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

// What OpenSSL waits for is asked of the connection (SSL_want_read): SSL_get_error would also look at errors that the
// host's own calls have left in this thread's queue.
class TlsStream final : public RedisStream {
 public:
  explicit TlsStream(std::unique_ptr<RedisSocket> socket) : socket_(std::move(socket)) {}
  ~TlsStream() override;

  Result<void> handshake(SSL_CTX* context, const std::string& host, Deadline deadline);

  Result<void> write(std::string_view bytes, Deadline deadline) override;
  Result<size_t> read(std::span<char> into, Deadline deadline) override;
  bool is_quiet() const override;

 private:
  bool set_up(SSL_CTX* context, const std::string& host);
  Result<void> send_pending(Deadline deadline);
  Result<void> receive_more(Deadline deadline);
  std::string_view pending() const;

  const std::unique_ptr<RedisSocket> socket_;
  Ssl ssl_;
  BIO* incoming_ = nullptr;  // these two are ssl_'s
  BIO* outgoing_ = nullptr;
  bool is_open_ = false;  // shaken hands, and nothing has gone wrong since
  std::array<char, kChunkSize> chunk_;
};

bool TlsStream::set_up(SSL_CTX* context, const std::string& host) {
  ssl_.reset(SSL_new(context));
  Bio incoming(BIO_new(BIO_s_mem()));
  Bio outgoing(BIO_new(BIO_s_mem()));
  if (!ssl_ || !incoming || !outgoing) return false;
  BIO_set_mem_eof_return(incoming.get(), -1);  // empty means "not yet"
  incoming_ = incoming.get();
  outgoing_ = outgoing.get();
  SSL_set_bio(ssl_.get(), incoming.release(), outgoing.release());
  SSL_set_connect_state(ssl_.get());
  return expect_host(ssl_.get(), host);
}

Result<void> TlsStream::handshake(SSL_CTX* context, const std::string& host, Deadline deadline) {
  const ErrorQueueGuard guard;
  if (!set_up(context, host)) return kNoHandshake;
  for (;;) {
    const bool is_done = SSL_do_handshake(ssl_.get()) == 1;
    if (!is_done && !SSL_want_read(ssl_.get())) {
      socket_->write_what_fits(pending());  // the alert that tells the server why
      return SSL_get_verify_result(ssl_.get()) != X509_V_OK ? kNotTrusted : kNoHandshake;
    }
    if (const Result<void> sent = send_pending(deadline); !sent) return sent;
    if (is_done) break;
    if (const Result<void> received = receive_more(deadline); !received) return received;
  }
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK || SSL_get0_peer_certificate(ssl_.get()) == nullptr) {
    return kNotTrusted;
  }
  is_open_ = true;
  return {};
}

TlsStream::~TlsStream() {
  if (!is_open_) return;
  const ErrorQueueGuard guard;
  SSL_shutdown(ssl_.get());
  if (!pending().empty()) socket_->write_what_fits(pending());
}

std::string_view TlsStream::pending() const {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(outgoing_, &data);
  return size > 0 ? std::string_view(data, static_cast<size_t>(size)) : std::string_view();
}

Result<void> TlsStream::send_pending(Deadline deadline) {
  if (pending().empty()) return {};
  if (const Result<void> sent = socket_->write(pending(), deadline); !sent) return sent;
  static_cast<void>(BIO_reset(outgoing_));
  return {};
}

Result<void> TlsStream::receive_more(Deadline deadline) {
  const Result<size_t> received = socket_->read(chunk_, deadline);
  if (!received) return received.error();
  size_t taken = 0;
  if (BIO_write_ex(incoming_, chunk_.data(), *received, &taken) != 1 || taken != *received) return kBroken;
  return {};
}

Result<void> TlsStream::write(std::string_view bytes, Deadline deadline) {
  const ErrorQueueGuard guard;
  is_open_ = false;
  size_t written = 0;
  if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) != 1 || written != bytes.size()) return kBroken;
  if (const Result<void> sent = send_pending(deadline); !sent) return sent;
  is_open_ = true;
  return {};
}

Result<size_t> TlsStream::read(std::span<char> into, Deadline deadline) {
  const ErrorQueueGuard guard;
  is_open_ = false;
  for (;;) {
    size_t count = 0;
    const bool is_done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count) == 1;
    if (!is_done && !SSL_want_read(ssl_.get())) return kBroken;
    // Reading may have made something to send, as an update of keys does.
    if (const Result<void> sent = send_pending(deadline); !sent) return sent.error();
    if (is_done) {
      is_open_ = true;
      return count;
    }
    if (const Result<void> received = receive_more(deadline); !received) return received.error();
  }
}

bool TlsStream::is_quiet() const {
  return is_open_ && SSL_has_pending(ssl_.get()) == 0 && BIO_ctrl_pending(incoming_) == 0 && socket_->is_quiet();
}

}  // namespace

void RedisTls::Deleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::unique_ptr<const RedisTls>> RedisTls::load(const RedisTlsFiles& files) {
  OSSL_LIB_CTX* library = openssl().context;
  const ErrorQueueGuard guard;
  Context context(SSL_CTX_new_ex(library, nullptr, TLS_client_method()));
  if (!context) return kNoTls;
  if (const Result<void> configured = configure(context.get()); !configured) return configured.error();
  if (const Result<void> loaded = load_ca(context.get(), library, files); !loaded) return loaded.error();
  if (const Result<void> loaded = load_certificate(context.get(), files); !loaded) return loaded.error();
  return std::unique_ptr<const RedisTls>(std::make_unique<RedisTls>(std::move(context)));
}

Result<std::unique_ptr<RedisStream>> RedisTls::start(std::unique_ptr<RedisSocket> socket, const std::string& host,
                                                     Deadline deadline) const {
  auto stream = std::make_unique<TlsStream>(std::move(socket));
  if (const Result<void> shaken = stream->handshake(context_.get(), host, deadline); !shaken) return shaken.error();
  return std::unique_ptr<RedisStream>(std::move(stream));
}

}  // namespace swt
