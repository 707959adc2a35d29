#include "stores/redis_store.h"

#include <charconv>
#include <vector>

#include "stores/redis_client.h"
#include "stores/redis_error.h"
#include "stores/redis_script_names.h"
#include "stores/redis_tls.h"
#include "stores/redis_url.h"

namespace swt {
namespace {

constexpr int64_t kMaxTimeoutMs = 60000;
constexpr uint32_t kMaxConnections = 1024;

// After its own time limit a login must not take effect later than this.
constexpr int64_t kLateLoginMs = 1000;

Error wrong(const char* detail) { return Error(Status::argument, detail); }

bool is_timeout(int64_t ms) { return ms >= 1 && ms <= kMaxTimeoutMs; }

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Result<void> check_tls(const RedisStoreOptions& options, bool is_tls) {
  if (has_nul(options.ca_file) || has_nul(options.client_certificate_file) || has_nul(options.client_key_file)) {
    return wrong("a file name holds U+0000");
  }
  const bool has_certificate = !options.client_certificate_file.empty();
  if (has_certificate != !options.client_key_file.empty()) {
    return wrong("the client certificate and the client key belong together: give both, or neither");
  }
  // Somebody who names a CA believes that the connection is encrypted.
  if (!is_tls && (!options.ca_file.empty() || has_certificate)) return wrong("certificates are for a rediss:// url");
  if (is_tls && options.ca_file.empty()) return wrong("a rediss:// url needs the CA file");
  return {};
}

Result<void> check(const RedisStoreOptions& options, bool is_tls) {
  if (const Result<void> checked = check_layout(options.layout); !checked) return checked;
  if (!options.layout.client_key_prefix.empty() || options.layout.not_after_ms != 0) {
    return wrong("client_key_prefix and not_after_ms are not the caller's to set");
  }
  if (!is_timeout(options.connect_timeout_ms)) return wrong("connect_timeout_ms must be between 1 and 60000");
  if (!is_timeout(options.command_timeout_ms)) return wrong("command_timeout_ms must be between 1 and 60000");
  if (options.max_connections < 1 || options.max_connections > kMaxConnections) {
    return wrong("max_connections must be between 1 and 1024");
  }
  return check_tls(options, is_tls);
}

std::vector<std::string_view> words_of(std::string_view command, std::string_view script, std::string_view key_count,
                                       const RedisCall& call) {
  std::vector<std::string_view> words{command, script, key_count};
  words.insert(words.end(), call.keys.begin(), call.keys.end());
  words.insert(words.end(), call.args.begin(), call.args.end());
  return words;
}

// By its name, which is shorter. After a restart Redis knows none, and is given the source.
Result<TimedReply> evaluate(RedisConnection& connection, const RedisCall& call, const RedisScriptNames& names,
                            Deadline deadline) {
  const std::string key_count = std::to_string(call.keys.size());
  const std::string& name = names[static_cast<size_t>(call.script)];
  Result<TimedReply> said = connection.command(words_of("EVALSHA", name, key_count, call), deadline);
  if (!said || said->reply.kind != RedisReply::Kind::error || !is_unknown_script(said->reply.text)) return said;
  return connection.command(words_of("EVAL", script_source(call.script), key_count, call), deadline);
}

void learn_time(RedisServerClock& clock, const TimedReply& said) {
  const std::string& text = said.reply.parts[2];
  int64_t server_ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), server_ms);
  clock.learn(server_ms, said.sent_us, said.received_us);
}

}  // namespace

struct RedisStore::Setup {
  RedisServer server;
  RedisLayout layout;
  RedisScriptNames names;
  RedisServerClock clock;
};

Result<std::shared_ptr<RedisStore>> RedisStore::open(std::string_view url, RedisStoreOptions options) {
  Result<RedisUrl> parsed = parse_redis_url(url);
  if (!parsed) return parsed.error();
  const bool is_tls = parsed->transport == RedisUrl::Transport::tls;
  if (const Result<void> checked = check(options, is_tls); !checked) return checked.error();

  auto setup = std::make_unique<Setup>();
  if (is_tls) {
    auto loaded = RedisTls::load({options.ca_file, options.client_certificate_file, options.client_key_file});
    if (!loaded) return loaded.error();
    setup->server.tls = *std::move(loaded);
  }
  Result<RedisScriptNames> names = redis_script_names();
  if (!names) return names.error();
  setup->names = *std::move(names);
  setup->server.url = *std::move(parsed);
  setup->server.connect_timeout_ms = options.connect_timeout_ms;
  setup->server.command_timeout_ms = options.command_timeout_ms;
  setup->server.max_connections = options.max_connections;
  setup->layout = std::move(options.layout);
  return std::make_shared<RedisStore>(std::move(setup));
}

RedisStore::RedisStore(std::unique_ptr<Setup> setup)
    : setup_(std::move(setup)), client_(std::make_unique<RedisClient>(setup_->server, setup_->clock).release()) {}

// In a child that has not asked anything, the client is the parent's: its sockets are closed, and it is left alone.
RedisStore::~RedisStore() {
  RedisClient* last = client_;
  if (last->is_of_this_process()) {
    const std::unique_ptr<RedisClient> owned(last);
  } else {
    last->close_inherited();
  }
}

// Of this process: a child of fork must not speak on its parent's connections.
RedisClient& RedisStore::client() {
  RedisClient* current = client_;
  if (current->is_of_this_process()) return *current;
  auto fresh = std::make_unique<RedisClient>(setup_->server, setup_->clock, current);
  RedisClient* const inherited = current;
  if (!client_.compare_exchange_strong(current, fresh.get())) return *current;  // another thread was faster
  inherited->close_inherited();
  return *fresh.release();
}

StoreReply RedisStore::ask_on(RedisConnection& connection, const Question& question, Deadline deadline) {
  RedisLayout layout = setup_->layout;
  // A login that is carried out later than anybody waits for it would be a session that nobody knows of, and a refresh
  // would have spent the only token that the client has. On a new connection the server has just been asked for its time.
  if (std::holds_alternative<RegisterQuestion>(question) || std::holds_alternative<RotateQuestion>(question)) {
    layout.not_after_ms = setup_->clock.at(monotonic_us()) + deadline.left_us() / 1000 + kLateLoginMs;
  }
  const Result<RedisCall> call = redis_call_for(question, layout);
  if (!call) return Status::store_protocol;
  const Result<TimedReply> said = evaluate(connection, *call, setup_->names, deadline);
  if (!said) return said.error().status;
  const RedisReply& reply = said->reply;
  if (reply.kind == RedisReply::Kind::error) return status_of_redis_error(reply.text);
  StoreReply answer = read_redis_reply(question, {reply.parts.begin(), reply.parts.end()});
  if (std::holds_alternative<Answer>(answer)) {
    learn_time(setup_->clock, *said);
  } else {
    connection.do_not_reuse();
  }
  return answer;
}

StoreReply RedisStore::ask(const Question& question, Instant) {
  StoreReply answer = Status::store_protocol;
  // A question that cannot be put to Redis, as one without a session, is not worth a connection.
  if (!redis_call_for(question, setup_->layout)) return answer;
  const Result<void> run = client().run([&](RedisConnection& connection, Deadline deadline) -> Result<void> {
    answer = ask_on(connection, question, deadline);
    const auto* status = std::get_if<Status>(&answer);
    return status == nullptr ? Result<void>() : Result<void>(*status);
  });
  if (!run) return run.error().status;
  return answer;
}

Result<void> RedisStore::ping() {
  return client().run([](RedisConnection& connection, Deadline deadline) -> Result<void> {
    const Result<TimedReply> said = connection.command({"PING"}, deadline);
    if (!said) return said.error();
    const RedisReply& reply = said->reply;
    if (reply.kind == RedisReply::Kind::error) {
      return Error(status_of_redis_error(reply.text), "redis answers, but with an error");
    }
    if (reply.kind == RedisReply::Kind::status && reply.text == "PONG") return {};
    connection.do_not_reuse();
    return Status::store_protocol;
  });
}

}  // namespace swt
