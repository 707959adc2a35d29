// Stores: in memory, and of the host's own. The one over Redis has a file of its own.
#include "capi/boundary.h"
#include "stores/callback_store.h"
#include "stores/memory_store.h"

using namespace swt;
using namespace swt::capi;

namespace {

constexpr size_t kMaxReplySize = kMaxSessionRecordSize;

// What a callback may answer; anything else is no answer.
Result<void> outcome_of(swt_status status) {
  switch (status) {
    case SWT_OK: return {};
    case SWT_UNAVAILABLE_TIMEOUT:
    case SWT_UNAVAILABLE_CONNECTION:
    case SWT_UNAVAILABLE_FULL:
    case SWT_UNAVAILABLE_REFUSED: return static_cast<Status>(status);
    default: return Status::store_protocol;
  }
}

class Callbacks final : public HostStore {
 public:
  explicit Callbacks(const swt_store_callbacks& table) : table_(table) {}
  ~Callbacks() override {
    if (table_.release != nullptr) table_.release(table_.user);
  }

  Result<void> register_session(const std::string& id, const std::string& json, int64_t ttl_s) override {
    return outcome_of(table_.register_session(table_.user, view_of(id), view_of(json), ttl_s));
  }

  Result<std::optional<std::string>> get_session(const std::string& id) override {
    swt_reply reply;
    const Result<void> done = outcome_of(table_.get_session(table_.user, view_of(id), &reply));
    if (!done) return done.error();
    if (reply.was_too_large) return Status::store_protocol;
    return std::move(reply.value);
  }

  Result<void> revoke_session(const std::string& id) override {
    return outcome_of(table_.revoke_session(table_.user, view_of(id)));
  }

  bool can_claim() const override { return table_.claim != nullptr; }

  Result<std::string> claim(const std::string& name, const std::string& value, int64_t life_s) override {
    swt_reply reply;
    const Result<void> done = outcome_of(table_.claim(table_.user, view_of(name), view_of(value), life_s, &reply));
    if (!done) return done.error();
    if (!reply.value || reply.was_too_large) return Status::store_protocol;
    return *std::move(reply.value);
  }

 private:
  const swt_store_callbacks table_;
};

}  // namespace

extern "C" {

swt_status swt_store_memory_open(const swt_memory_store_options* options, swt_store** out_store) {
  return handing_out(out_store, [&]() -> Result<std::shared_ptr<Store>> {
    MemoryStoreLimits limits;
    if (options != nullptr) {
      const Result<swt_memory_store_options> given =
          options_from(options, SWT_SIZE_WITH(swt_memory_store_options, max_proofs));
      if (!given) return given.error();
      limits.session_ttl_s = given->session_ttl_s;
      if (given->max_sessions != 0) limits.max_sessions = given->max_sessions;
      if (given->max_proofs != 0) limits.max_proofs = given->max_proofs;
    }
    if (const Result<void> checked = MemoryStore::check(limits); !checked) return checked.error();
    return std::shared_ptr<Store>(std::make_shared<MemoryStore>(limits));
  });
}

swt_status swt_store_callbacks_open(const swt_store_callbacks* callbacks, swt_store** out_store) {
  return handing_out(out_store, [&]() -> Result<std::shared_ptr<Store>> {
    const Result<swt_store_callbacks> table = options_from(callbacks, SWT_SIZE_WITH(swt_store_callbacks, release));
    if (!table) return table.error();
    if (table->register_session == nullptr || table->get_session == nullptr || table->revoke_session == nullptr) {
      return is_null("register_session, get_session and revoke_session are needed");
    }
    if (table->session_ttl_s < 0 || table->session_ttl_s > kMaxSessionTtlS) {
      return Error(Status::lifetime, kSessionTtlRange);
    }
    return std::shared_ptr<Store>(
        std::make_shared<CallbackStore>(std::make_unique<Callbacks>(*table), table->session_ttl_s));
  });
}

swt_status swt_reply_set(swt_reply* reply, swt_bytes value) {
  return guarded([&]() -> Result<void> {
    if (as(reply) == nullptr) return not_a_handle(reply);
    const Result<std::string_view> text = text_from(value);
    if (!text) return text.error();
    if (text->size() > kMaxReplySize) {
      // Whatever the callback makes of this error, nothing is not what was found.
      reply->was_too_large = true;
      return Error(Status::argument, "what was found is over 4096 bytes");
    }
    reply->value = std::string(*text);
    return {};
  });
}

swt_status swt_store_ping(swt_store* store) {
  return guarded([&]() -> Result<void> {
    if (as(store) == nullptr) return not_a_handle(store);
    return store->store->ping();
  });
}

void swt_store_free(swt_store* store) { release(store); }

}  // extern "C"
