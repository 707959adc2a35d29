// A store of the application's own that keeps sessions and no more. JavaScript asks it, before or after the core does;
// here the core's question meets what JavaScript was told, compares it, and spends the proof in this store's memory.
#include <memory>
#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

// JavaScript has done these itself by now.
swt_status done_before(void*, swt_bytes, swt_bytes, int64_t) { return SWT_OK; }
swt_status ended_before(void*, swt_bytes) { return SWT_OK; }

swt_status hand_over(void* user, swt_bytes, swt_reply* reply) {
  const swt_bytes found = static_cast<const HostStore*>(user)->found;
  return found.data == nullptr ? SWT_OK : swt_reply_set(reply, found);
}

}  // namespace

Napi::Value create_host_store(const Napi::CallbackInfo& info) {
  auto store = std::make_unique<HostStore>();
  swt_store_callbacks callbacks = SWT_STORE_CALLBACKS_INIT;
  callbacks.user = store.get();
  callbacks.register_session = done_before;
  callbacks.get_session = hand_over;
  callbacks.revoke_session = ended_before;
  const swt_status status = swt_store_callbacks_open(&callbacks, out_ptr(store->handle));
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return wrap(info.Env(), std::move(store));
}

Napi::Value ask_with(const Napi::CallbackInfo& info) {
  Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  HostStore* store = unwrap<HostStore>(info[1]);
  if (store == nullptr) return {};
  Text found;
  if (!found.read_optional(info[2])) return {};

  store->found = found.view();
  pending->failure = swt_pending_ask(pending->handle.get(), store->handle.get());
  store->found = {};
  return info.Env().Undefined();
}

}  // namespace swt_node
