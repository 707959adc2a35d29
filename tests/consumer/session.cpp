// A consumer of the installed library, in C++17: handles in unique_ptrs, texts as string_views.
#include <cstdio>
#include <memory>
#include <string_view>
#include <swt/swt.h>

namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T *handle) const {
    Free(handle);
  }
};
using Key = std::unique_ptr<swt_key, Freed<swt_key_free>>;
using Config = std::unique_ptr<swt_config, Freed<swt_config_free>>;
using Engine = std::unique_ptr<swt_engine, Freed<swt_engine_free>>;
using Grant = std::unique_ptr<swt_grant, Freed<swt_grant_free>>;
using Claims = std::unique_ptr<swt_claims, Freed<swt_claims_free>>;

swt_bytes view(std::string_view text) { return {reinterpret_cast<const uint8_t *>(text.data()), text.size()}; }
std::string_view text(swt_bytes view) { return {reinterpret_cast<const char *>(view.data), view.len}; }

// made calls a function with an output, and owns what comes out.
template <typename Handle, typename Function>
Handle made(Function function) {
  typename Handle::pointer out = nullptr;
  const swt_status status = function(&out);
  if (status != SWT_OK) std::printf("FAILED  %s: %s\n", swt_status_name(status), swt_last_error_message());
  return Handle(out);
}

}  // namespace

int main() {
  const auto key = made<Key>(
      [](swt_key **out) { return swt_key_new_secret(view("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e"), {}, 0, out); });
  const auto config = made<Config>(swt_config_new);
  if (swt_config_set_key(config.get(), key.get()) != SWT_OK) return 1;
  const auto engine = made<Engine>([&](swt_engine **out) { return swt_engine_new(config.get(), out); });

  swt_sign_request login = SWT_SIGN_REQUEST_INIT;
  login.data_json = view(R"({"userId":7})");
  const auto grant = made<Grant>([&](swt_grant **out) { return swt_sign(engine.get(), &login, out); });

  swt_verify_request visit = SWT_VERIFY_REQUEST_INIT;
  visit.token = swt_grant_token(grant.get());
  const auto claims = made<Claims>([&](swt_claims **out) { return swt_verify(engine.get(), &visit, out); });
  if (text(swt_claims_user_id(claims.get())) != "7") return 1;
  std::printf("ok      %s\n", swt_version_details());
}
