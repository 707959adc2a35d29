// The question of a pending operation, and what it was told.
#include "capi/boundary.h"
#include "session/question_json.h"

using namespace swt;
using namespace swt::capi;

namespace {

// Longer than any record that is accepted; what is longer is not copied first.
constexpr size_t kMaxReplyPartSize = 65536;

// swt.h says the numbers that a store of the host's own states.
constexpr bool is_number_of(Fact fact, int64_t number) { return static_cast<int64_t>(fact) == number; }
static_assert(is_number_of(Fact::yes, SWT_FACT_OK) && is_number_of(Fact::missing, SWT_FACT_MISSING) &&
              is_number_of(Fact::revoked, SWT_FACT_REVOKED) && is_number_of(Fact::proof_used, SWT_FACT_PROOF_USED) &&
              is_number_of(Fact::taken, SWT_FACT_TAKEN) && is_number_of(Fact::mismatch, SWT_FACT_MISMATCH) &&
              is_number_of(Fact::superseded, SWT_FACT_SUPERSEDED) && is_number_of(Fact::reused, SWT_FACT_REUSED));

// A pending operation that waits for an answer.
Result<const Question*> open_question(const swt_pending* pending) {
  if (as(pending) == nullptr) return not_a_handle(pending);
  if (pending->question() == nullptr) return Error(Status::state, "there is nothing to ask the store");
  if (pending->reply) return Error(Status::state, "the store has been asked before");
  return pending->question();
}

Result<RedisLayout> layout_from(const swt_redis_options* given) {
  const Result<swt_redis_options> options = options_from(given, SWT_SIZE_WITH(swt_redis_options, not_after_ms));
  if (!options) return options.error();
  const Result<std::string_view> prefix = text_from(options->prefix);
  if (!prefix) return prefix.error();
  const Result<std::string_view> client_key_prefix = text_from(options->client_key_prefix);
  if (!client_key_prefix) return client_key_prefix.error();
  constexpr size_t kFarTooLong = 4096;
  if (prefix->size() > kFarTooLong || client_key_prefix->size() > kFarTooLong) {
    return Error(Status::argument, "the key prefix is over 128 bytes");
  }
  RedisLayout layout;
  if (!prefix->empty() || is_given_empty(options->prefix)) layout.prefix = *prefix;
  layout.client_key_prefix = *client_key_prefix;
  layout.session_ttl_s = options->session_ttl_s;
  layout.not_after_ms = options->not_after_ms;
  if (const Result<void> checked = check_layout(layout); !checked) return checked.error();
  return layout;
}

}  // namespace

const Question* swt_pending::question() const {
  return std::visit(
      [](const auto& waiting) -> const Question* {
        if constexpr (std::is_same_v<std::decay_t<decltype(waiting)>, Completed>) return nullptr;
        else return waiting.question ? &*waiting.question : nullptr;
      },
      step);
}

extern "C" {

int32_t swt_pending_needs_store(const swt_pending* pending) {
  return as(pending) != nullptr && pending->question() != nullptr && !pending->reply ? 1 : 0;
}

swt_status swt_pending_ask(swt_pending* pending, swt_store* store) {
  return guarded([&]() -> Result<void> {
    const Result<const Question*> question = open_question(pending);
    if (!question) return question.error();
    if (as(store) == nullptr) return not_a_handle(store);
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    pending->reply = store->store->ask(**question, *now);
    return {};
  });
}

swt_bytes swt_pending_question(const swt_pending* pending) {
  swt_bytes view = {};
  static_cast<void>(guarded([&]() -> Result<void> {
    const Result<const Question*> question = open_question(pending);
    if (!question) return question.error();
    if (pending->question_json.empty()) pending->question_json = write_question(**question);
    view = view_of(pending->question_json);
    return {};
  }));
  return view;
}

swt_status swt_pending_answer(swt_pending* pending, const swt_bytes* parts, size_t count) {
  return guarded([&]() -> Result<void> {
    const Result<const Question*> question = open_question(pending);
    if (!question) return question.error();
    if (parts == nullptr && count > 0) return is_null("parts is NULL");
    constexpr size_t kParts = 3;
    std::vector<std::string_view> texts;
    bool is_readable = count == kParts;
    for (size_t i = 0; is_readable && i < count; ++i) {
      const Result<std::string_view> text = text_from(parts[i]);
      if (!text) return text.error();
      is_readable = text->size() <= kMaxReplyPartSize;
      texts.push_back(*text);
    }
    pending->reply = is_readable ? read_redis_reply(**question, texts) : StoreReply(Status::store_protocol);
    return {};
  });
}

swt_status swt_pending_unavailable(swt_pending* pending, swt_status reason) {
  return guarded([&]() -> Result<void> {
    const Result<const Question*> question = open_question(pending);
    if (!question) return question.error();
    switch (reason) {
      case SWT_UNAVAILABLE_TIMEOUT:
      case SWT_UNAVAILABLE_CONNECTION:
      case SWT_UNAVAILABLE_PROTOCOL:
      case SWT_UNAVAILABLE_FULL:
      case SWT_UNAVAILABLE_REFUSED: break;
      default: return Error(Status::argument, "the reason is no status of the class unavailable");
    }
    pending->reply = static_cast<Status>(reason);
    return {};
  });
}

void swt_pending_free(swt_pending* pending) { release(pending); }

swt_status swt_redis_options_check(const swt_redis_options* options) {
  return guarded([&]() -> Result<void> {
    const Result<RedisLayout> layout = layout_from(options);
    return layout ? Result<void>() : layout.error();
  });
}

swt_status swt_pending_redis_call(const swt_pending* pending, const swt_redis_options* options,
                                  swt_redis_call** out_call) {
  return handing_out(out_call, [&]() -> Result<RedisCall> {
    const Result<const Question*> question = open_question(pending);
    if (!question) return question.error();
    const Result<RedisLayout> layout = layout_from(options);
    if (!layout) return layout.error();
    return redis_call_for(**question, *layout);
  });
}

uint32_t swt_redis_script_count(void) { return kScriptCount; }

swt_bytes swt_redis_script_source(uint32_t script) { return view_of(script_source(static_cast<Script>(script))); }

}  // extern "C"
