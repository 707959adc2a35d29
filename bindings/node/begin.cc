// sign, verify and refresh up to the question for the store: at once, or on a thread of Node's pool.
//
// A secret costs microseconds, less than the way to another thread and back. A public-key operation, or a proof with its
// elliptic-curve signature, would hold up everything else that the event loop has to do.
#include <memory>
#include <string>
#include <utility>

#include "functions.h"
#include "handles.h"
#include "requests.h"
#include "values.h"

namespace swt_node {
namespace {

// What begin gave: a pending operation, or the status it was refused with.
struct Begun {
  swt_status status = SWT_OK;
  PendingHandle pending;
};

template <typename Call>
Begun begin(const swt_engine* engine, const Call& call) {
  Begun begun;
  begun.status = call.begin(engine, out_ptr(begun.pending));
  return begun;
}

// The pending operation for JavaScript; or, where there is nothing to ask, how it ended.
Napi::Value result_of(Napi::Env env, Begun begun, Operation operation, int64_t now_ms) {
  if (begun.status != SWT_OK) return Napi::Number::New(env, begun.status);
  if (swt_pending_needs_store(begun.pending.get()) != 0) return wrap_pending(env, std::move(begun.pending), operation);
  return complete_pending(env, begun.pending.get(), operation, now_ms);
}

template <typename Call>
class BeginWork final : public Napi::AsyncWorker {
 public:
  BeginWork(Napi::Env env, std::shared_ptr<swt_engine> engine)
      : Napi::AsyncWorker(env, "secure-web-token"), deferred_(env), engine_(std::move(engine)) {}

  Call& call() { return call_; }
  Napi::Value promise() { return deferred_.Promise(); }

 protected:
  void Execute() override {
    begun_ = begin(engine_.get(), call_);
    // The sentence belongs to this thread.
    if (begun_.status != SWT_OK) detail_ = swt_last_error_message();
  }

  void OnOK() override {
    const Napi::Env env = Env();
    if (begun_.status == SWT_OK) {
      deferred_.Resolve(result_of(env, std::move(begun_), Call::kOperation, call_.now_ms()));
      return;
    }
    deferred_.Resolve(to_object(
        env, {{"status", Napi::Number::New(env, begun_.status)}, {"detail", Napi::String::New(env, detail_)}}));
  }

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<swt_engine> engine_;
  Call call_;
  Begun begun_;
  std::string detail_;
};

template <typename Call>
Napi::Value begin_elsewhere(const Napi::CallbackInfo& info, const Engine& engine) {
  auto work = std::make_unique<BeginWork<Call>>(info.Env(), engine.handle);
  if (!work->call().read(info)) return {};
  const Napi::Value promise = work->promise();
  work.release()->Queue();  // it deletes itself when it is done
  return promise;
}

template <typename Call>
Napi::Value begin_here(const Napi::CallbackInfo& info, const Engine& engine) {
  Call call;
  if (!call.read(info)) return {};
  return result_of(info.Env(), begin(engine.handle.get(), call), Call::kOperation, call.now_ms());
}

template <typename Call>
Napi::Value begin_somewhere(const Napi::CallbackInfo& info) {
  const Engine* engine = unwrap<Engine>(info[0]);
  if (engine == nullptr) return {};
  const bool takes_long = engine->is_asymmetric || Call::brings_proof(info);
  return takes_long ? begin_elsewhere<Call>(info, *engine) : begin_here<Call>(info, *engine);
}

}  // namespace

Napi::Value sign(const Napi::CallbackInfo& info) { return begin_somewhere<SignCall>(info); }
Napi::Value verify(const Napi::CallbackInfo& info) { return begin_somewhere<VerifyCall>(info); }
Napi::Value refresh(const Napi::CallbackInfo& info) { return begin_somewhere<RefreshCall>(info); }

}  // namespace swt_node
