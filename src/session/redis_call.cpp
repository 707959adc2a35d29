#include "session/redis_call.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "base/json_reader.h"
#include "base/time.h"

namespace swt {
namespace {

constexpr size_t kMaxPrefixSize = 128;

// A revocation is remembered for as long as anything that names the session may live: a refresh token of the default
// lifetime, or the session itself. One of a session that nobody knows, for as long as its login may be on its way.
constexpr int64_t kRememberRevocationS = 604800;
constexpr int64_t kRememberUnknownS = 60;

// CRC-16/XMODEM of the part that Redis Cluster hashes: what is between the first "{" and the next "}", if anything is.
uint16_t cluster_slot(std::string_view key) {
  const size_t open = key.find('{');
  if (open != std::string_view::npos) {
    const size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  uint16_t crc = 0;
  for (const char c : key) {
    crc = static_cast<uint16_t>(crc ^ static_cast<uint8_t>(c) << 8);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
    }
  }
  return crc % 16384;
}

std::string record_key(const RedisLayout& layout, std::string_view session_id) {
  return layout.prefix + std::string(session_id);
}

std::string companion_key(const RedisLayout& layout, std::string_view session_id) {
  return layout.prefix + "c:{" + layout.client_key_prefix + layout.prefix + std::string(session_id) + '}';
}

bool is_printable(std::string_view text) {
  return is_clean_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == '\x7f'; });
}

std::string milliseconds(int64_t seconds) { return std::to_string(seconds * 1000); }

// The question, spelled out. Each overload names its script and its arguments in the script's order.
struct Speller {
  const RedisLayout& layout;

  int64_t remember_revocation_s() const { return std::max(kRememberRevocationS, layout.session_ttl_s) + 60; }

  static std::vector<std::string> spell(const VerifyQuestion& question) {
    return {write_record_beginning(question.expected), question.proof_id, question.attempt,
            std::to_string(question.proof_life_ms), std::to_string(kMaxProofsPerSession)};
  }

  RedisCall call(Script script, const std::string& session_id, std::vector<std::string> args) const {
    return {script, {record_key(layout, session_id), companion_key(layout, session_id)}, std::move(args)};
  }

  RedisCall operator()(const VerifyQuestion& question) const {
    return call(Script::verify, question.expected.id, spell(question));
  }

  RedisCall operator()(const RotateQuestion& question) const {
    std::vector<std::string> args = spell(question.request);
    const int64_t life_s = session_life_s(layout.session_ttl_s, question.successor_life_s);
    for (std::string& arg :
         std::vector<std::string>{question.presented_hash, question.successor_hash, question.is_legacy ? "1" : "",
                                  milliseconds(life_s), std::to_string(kRotationGraceMs),
                                  milliseconds(remember_revocation_s()), std::to_string(layout.not_after_ms)}) {
      args.push_back(std::move(arg));
    }
    return call(Script::rotate, question.request.expected.id, std::move(args));
  }

  RedisCall operator()(const RegisterQuestion& question) const {
    return call(Script::register_session, question.session.id,
                {write_session_record(question.session, question.created_ms),
                 milliseconds(session_life_s(layout.session_ttl_s, question.refresh_life_s)), question.refresh_hash,
                 std::to_string(layout.not_after_ms)});
  }

  RedisCall operator()(const RevokeQuestion& question) const {
    return call(Script::revoke, question.session_id,
                {milliseconds(remember_revocation_s()), milliseconds(kRememberUnknownS)});
  }

  RedisCall operator()(const LookupQuestion& question) const { return call(Script::lookup, question.session_id, {}); }
};

// The facts that the script of each question can state; every other number is an answer that nobody gave.
bool can_be_answered(const VerifyQuestion&, Fact fact) {
  return fact == Fact::yes || fact == Fact::yes_legacy || fact == Fact::missing || fact == Fact::revoked ||
         fact == Fact::proof_used || fact == Fact::too_many_proofs || fact == Fact::mismatch;
}
bool can_be_answered(const RotateQuestion& question, Fact fact) {
  return can_be_answered(question.request, fact) || fact == Fact::superseded || fact == Fact::reused ||
         fact == Fact::too_late;
}
bool can_be_answered(const RegisterQuestion&, Fact fact) {
  return fact == Fact::yes || fact == Fact::revoked || fact == Fact::taken || fact == Fact::too_late;
}
bool can_be_answered(const RevokeQuestion&, Fact fact) { return fact == Fact::yes; }
bool can_be_answered(const LookupQuestion&, Fact fact) {
  return fact == Fact::yes || fact == Fact::yes_legacy || fact == Fact::missing || fact == Fact::revoked;
}

template <typename Integer>
std::optional<Integer> read_integer(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<void> check_layout(const RedisLayout& layout) {
  if (layout.prefix.size() > kMaxPrefixSize || layout.client_key_prefix.size() > kMaxPrefixSize) {
    return Error(Status::argument, "the key prefix is over 128 bytes");
  }
  if (!is_printable(layout.prefix) || !is_printable(layout.client_key_prefix)) {
    return Error(Status::argument, "the key prefix holds control characters or is no UTF-8");
  }
  if (layout.session_ttl_s < 0 || layout.session_ttl_s > kMaxSessionTtlS) {
    return Error(Status::lifetime, kSessionTtlRange);
  }
  if (layout.not_after_ms < 0 || layout.not_after_ms > kMaxSafeInteger) {
    return Error(Status::argument, "not_after_ms is out of range");
  }
  constexpr std::string_view kAnyId = "00000000-0000-4000-8000-000000000000";
  const std::string record = layout.client_key_prefix + record_key(layout, kAnyId);
  const std::string companion = layout.client_key_prefix + companion_key(layout, kAnyId);
  if (cluster_slot(record) != cluster_slot(companion)) {
    return Error(Status::argument, "with these braces in the key prefix, a session's keys would not share a slot");
  }
  return {};
}

Result<RedisCall> redis_call_for(const Question& question, const RedisLayout& layout) {
  if (const Result<void> checked = check_layout(layout); !checked) return checked.error();
  const auto* verify = std::get_if<VerifyQuestion>(&question);
  const auto* rotate = std::get_if<RotateQuestion>(&question);
  const Session* expected = verify != nullptr   ? &verify->expected
                            : rotate != nullptr ? &rotate->request.expected
                                                : nullptr;
  if (expected != nullptr && expected->id.empty()) {
    return Error(Status::state, "this operation has no session to ask Redis about");
  }
  return std::visit(Speller{layout}, question);
}

StoreReply read_redis_reply(const Question& question, const std::vector<std::string_view>& parts) {
  if (parts.size() != 3) return Status::store_protocol;
  const std::optional<int64_t> code = read_integer<int64_t>(parts[0]);
  const std::optional<int64_t> server_ms = read_integer<int64_t>(parts[2]);
  if (!code || !server_ms || *server_ms <= 0) return Status::store_protocol;
  const Fact fact = static_cast<Fact>(*code);
  if (!std::visit([&](const auto& asked) { return can_be_answered(asked, fact); }, question)) {
    return Status::store_protocol;
  }
  return Answer{fact, std::string(parts[1])};
}

}  // namespace swt
