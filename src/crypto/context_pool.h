// OpenSSL's contexts carry the state of an operation, so threads that use one key at once need one each; and setting one
// up costs more than the operation that it is for. A pool keeps those that are set up and idle.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace swt {

// May be used by any number of threads at once. There is no lock: a child that was forked while another thread held one
// would wait for it for ever.
template <typename Context>
class ContextPool {
 public:
  // Sets a context up; nullptr when OpenSSL fails.
  using Make = std::function<std::unique_ptr<Context>()>;

  explicit ContextPool(Make make) : make_(std::move(make)) {}
  ~ContextPool() {
    for (std::atomic<Context*>& place : idle_) std::unique_ptr<Context>(place.load()).reset();
  }
  ContextPool(const ContextPool&) = delete;
  ContextPool& operator=(const ContextPool&) = delete;

  // Borrows a context for one operation; empty when OpenSSL fails.
  class Lease {
   public:
    explicit Lease(ContextPool& pool) : pool_(pool), context_(pool.take()) {}
    ~Lease() {
      if (context_) pool_.give_back(std::move(context_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    explicit operator bool() const { return context_ != nullptr; }
    Context* operator->() { return context_.get(); }

   private:
    ContextPool& pool_;
    std::unique_ptr<Context> context_;
  };

 private:
  // More threads than these may be at work at once; what they bring back is then freed.
  static constexpr size_t kMostIdle = 64;

  std::unique_ptr<Context> take() {
    for (std::atomic<Context*>& place : idle_) {
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (Context* taken = place.exchange(nullptr, std::memory_order_acquire)) return std::unique_ptr<Context>(taken);
    }
    return make_();
  }

  void give_back(std::unique_ptr<Context> context) noexcept {
    for (std::atomic<Context*>& place : idle_) {
      Context* none = nullptr;
      if (!place.compare_exchange_strong(none, context.get(), std::memory_order_release, std::memory_order_relaxed)) {
        continue;
      }
      static_cast<void>(context.release());  // the place owns it now
      return;
    }
  }

  const Make make_;
  std::array<std::atomic<Context*>, kMostIdle> idle_{};
};

}  // namespace swt
