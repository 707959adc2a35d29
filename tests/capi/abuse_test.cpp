// Every function of swt.h with every kind of bad argument. The list is compared with the header: a function that is added
// there and not here is a failed test.
//
// A call is repeated from good arguments with one of them made bad at a time, and the rules of the header are checked on
// each answer: a known code, outputs cleared when it failed, a sentence about it, and no byte read behind what is there.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "../unit/support/capi.h"
#include "../unit/support/key_pair.h"
#include "../unit/support/sessions.h"
#include "capi/handles.h"

namespace swt {
namespace {

using test::view;

// Sixteen bytes, and behind them a page that nobody may read.
class LastBytes {
 public:
  LastBytes() : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void* mapped = mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    test::require(mapped != MAP_FAILED, "memory");
    start_ = static_cast<uint8_t*>(mapped);
    std::memset(start_, 'a', page_);
    test::require(mprotect(start_ + page_, page_, PROT_NONE) == 0, "a page that nobody may read");
  }
  ~LastBytes() { munmap(start_, 2 * page_); }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;

  uint8_t* last(size_t size) const { return start_ + page_ - size; }

 private:
  size_t page_;
  uint8_t* start_ = nullptr;
};

constexpr size_t kTooLong[] = {
    size_t{1} << 20,       (size_t{1} << 31) - 1, size_t{1} << 31,  (size_t{1} << 31) + 1, (size_t{1} << 32) - 1,
    (size_t{1} << 32) + 1, SIZE_MAX / 2,          SIZE_MAX / 2 + 1, SIZE_MAX - 1,          SIZE_MAX};

// One handle of each type, a freed one as it may look, and bytes that are no handle at all.
class Zoo {
 public:
  Zoo() {
    test::require(swt_keyring_new(&keyring) == SWT_OK, "a key ring");
    test::require(swt_keyring_set_signer(keyring, key.get(), view("k1")) == SWT_OK, "a signer");
    swt_verify_request request = test::new_verify_request(grant.get());
    test::require(swt_verify(engine.get(), &request, &claims) == SWT_OK, swt_last_error_message());
    test::require(swt_lookup_begin(view(test::kSessionId), &pending) == SWT_OK, "a question");
    const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    test::require(swt_pending_redis_call(pending, &options, &call) == SWT_OK, "a call");
  }
  ~Zoo() {
    swt_keyring_free(keyring);
    swt_claims_free(claims);
    swt_pending_free(pending);
    swt_redis_call_free(call);
  }
  Zoo(const Zoo&) = delete;
  Zoo& operator=(const Zoo&) = delete;

  // Everything that is no T.
  template <typename T>
  std::vector<void*> strangers() {
    std::vector<void*> found = {freed_, garbage_};
    const std::pair<uint32_t, void*> all[] = {
        {swt_key::kType, key.get()},       {swt_keyring::kType, keyring},     {swt_store::kType, store.get()},
        {swt_config::kType, config.get()}, {swt_engine::kType, engine.get()}, {swt_event::kType, &event},
        {swt_reply::kType, &reply},        {swt_grant::kType, grant.get()},   {swt_claims::kType, claims},
        {swt_session::kType, &session},    {swt_pending::kType, pending},     {swt_redis_call::kType, call}};
    for (const auto& [type, handle] : all) {
      if (type != T::kType) found.push_back(handle);
    }
    EXPECT_EQ(found.size(), 13u) << "every other type is there";
    return found;
  }

  test::Key key = test::new_key();
  test::Store store = test::new_store();
  test::Config config = test::new_config();
  test::EngineHandle engine = test::new_engine();
  test::GrantHandle grant = test::sign(engine.get());
  swt_keyring* keyring = nullptr;
  swt_claims* claims = nullptr;
  swt_pending* pending = nullptr;
  swt_redis_call* call = nullptr;
  swt_event event{AuditEvent{}};
  swt_reply reply;
  swt_session session{std::string("{}")};

 private:
  alignas(16) unsigned char freed_[4096] = {};
  alignas(16) unsigned char garbage_[4096] = {'g', 'a', 'r', 'b', 'a', 'g', 'e'};
};

// Freeing the results of good calls.
void free_handle(swt_key* handle) { swt_key_free(handle); }
void free_handle(swt_keyring* handle) { swt_keyring_free(handle); }
void free_handle(swt_store* handle) { swt_store_free(handle); }
void free_handle(swt_config* handle) { swt_config_free(handle); }
void free_handle(swt_engine* handle) { swt_engine_free(handle); }
void free_handle(swt_grant* handle) { swt_grant_free(handle); }
void free_handle(swt_claims* handle) { swt_claims_free(handle); }
void free_handle(swt_session* handle) { swt_session_free(handle); }
void free_handle(swt_pending* handle) { swt_pending_free(handle); }
void free_handle(swt_redis_call* handle) { swt_redis_call_free(handle); }

template <typename T>
concept IsHandle = requires {
  std::remove_const_t<T>::kType;
};
template <typename T>
concept IsOptions = requires(T t) {
  t.struct_size;
};

// The members of each options struct, all of them.
using SignR = swt_sign_request;
using VerifyR = swt_verify_request;
using RefreshR = swt_refresh_request;
auto members(const SignR*) {
  return std::tuple(&SignR::data_json, &SignR::client_key_jwk, &SignR::lifetime_s, &SignR::refresh_lifetime_s,
                    &SignR::now_ms, &SignR::flags, &SignR::reserved, &SignR::proof, &SignR::method, &SignR::url,
                    &SignR::host, &SignR::issuer, &SignR::subject, &SignR::audiences);
}
auto members(const VerifyR*) {
  return std::tuple(&VerifyR::token, &VerifyR::session_id, &VerifyR::proof, &VerifyR::method, &VerifyR::url,
                    &VerifyR::host, &VerifyR::now_ms, &VerifyR::attempt, &VerifyR::audiences, &VerifyR::issuers,
                    &VerifyR::subject, &VerifyR::leeway_s, &VerifyR::max_age_s);
}
auto members(const RefreshR*) {
  return std::tuple(&RefreshR::refresh_token, &RefreshR::session_id, &RefreshR::proof, &RefreshR::method,
                    &RefreshR::url, &RefreshR::host, &RefreshR::attempt, &RefreshR::data_json, &RefreshR::lifetime_s,
                    &RefreshR::refresh_lifetime_s, &RefreshR::now_ms, &RefreshR::flags, &RefreshR::reserved,
                    &RefreshR::client_key_jwk);
}
auto members(const swt_memory_store_options*) {
  using O = swt_memory_store_options;
  return std::tuple(&O::session_ttl_s, &O::max_sessions, &O::max_proofs);
}
auto members(const swt_redis_store_options*) {
  using O = swt_redis_store_options;
  return std::tuple(&O::prefix, &O::session_ttl_s, &O::connect_timeout_ms, &O::command_timeout_ms, &O::max_connections,
                    &O::reserved, &O::ca_file, &O::client_certificate_file, &O::client_key_file);
}
auto members(const swt_redis_options*) {
  using O = swt_redis_options;
  return std::tuple(&O::prefix, &O::client_key_prefix, &O::session_ttl_s, &O::not_after_ms);
}
auto members(const swt_store_callbacks*) {
  using O = swt_store_callbacks;
  return std::tuple(&O::user, &O::session_ttl_s, &O::register_session, &O::get_session, &O::revoke_session, &O::claim,
                    &O::release);
}

template <typename Struct, typename Member>
constexpr size_t size_of(Member Struct::*) {
  return sizeof(Member);
}

// One function under abuse. Whatever a call needs is made anew for it, and lives until it has returned.
class Abuse {
 public:
  explicit Abuse(std::string name) : name_(std::move(name)) {}

  // A long text that a function answers with yes, by its promise: what cannot exist is not there.
  Abuse& long_texts_may_pass() {
    long_texts_may_pass_ = true;
    return *this;
  }
  // NULL in place of this struct means the defaults.
  Abuse& options_may_be_null() {
    options_may_be_null_ = true;
    return *this;
  }
  // A function whose result may be NULL on success.
  Abuse& may_find_nothing() {
    may_find_nothing_ = true;
    return *this;
  }

  template <typename... A, typename Make>
  void call(swt_status (*function)(A...), Make make) {
    {
      SCOPED_TRACE(name_ + ", everything good");
      std::tuple<A...> good = make(*this);
      const swt_status status = run(function, good);
      EXPECT_EQ(status, SWT_OK) << swt_last_error_message();
    }
    each_argument(function, make, std::index_sequence_for<A...>());
  }

  // Keeps something alive for the length of one call.
  template <typename Owner>
  auto keep(Owner owner) {
    auto held = std::make_shared<Owner>(std::move(owner));
    kept_.push_back(held);
    return held->get();
  }
  template <typename T>
  T* keep_value(T value) {
    auto held = std::make_shared<T>(std::move(value));
    kept_.push_back(held);
    return held.get();
  }
  swt_bytes keep_text(std::string text) { return view(*keep_value(std::move(text))); }
  // Where a result is put; there is something in it before.
  template <typename T>
  T** out() {
    return keep_value(reinterpret_cast<T*>(0x10));
  }

  Zoo zoo;

 private:
  enum class Must { answer, argument, handle, unsupported, refuse };

  template <typename Function, typename Make, size_t... I>
  void each_argument(Function function, Make& make, std::index_sequence<I...>) {
    (argument<I>(function, make), ...);
  }

  template <size_t I, typename... A, typename Make>
  void argument(swt_status (*function)(A...), Make& make) {
    using T = std::tuple_element_t<I, std::tuple<A...>>;
    const auto with = [&](Must must, const std::string& what, auto change) {
      SCOPED_TRACE(name_ + ", argument " + std::to_string(I) + ": " + what);
      kept_.clear();
      std::tuple<A...> arguments = make(*this);
      change(std::get<I>(arguments));
      judge(must, run(function, arguments));
    };
    if constexpr (std::is_same_v<T, swt_bytes>) {
      each_bad_text(with);
    } else if constexpr (std::is_same_v<T, int64_t>) {
      for (const int64_t bad :
           {INT64_MIN, INT64_MIN + 1, int64_t{-1}, int64_t{0}, int64_t{1}, INT64_MAX - 1, INT64_MAX}) {
        with(Must::answer, std::to_string(bad), [&](T& value) { value = bad; });
      }
    } else if constexpr (std::is_same_v<T, uint32_t>) {
      for (const uint32_t bad : {0x2u, 0x80000000u, UINT32_MAX}) {
        with(Must::unsupported, std::to_string(bad), [&](T& value) { value = bad; });
      }
    } else if constexpr (std::is_same_v<T, int32_t>) {
      for (const int32_t bad : {INT32_MIN, -1, 0, 1, 101, 201, 400, 406, 499, 501, INT32_MAX}) {
        with(Must::refuse, std::to_string(bad), [&](T& value) { value = bad; });
      }
    } else if constexpr (std::is_same_v<T, size_t>) {
      for (const size_t bad : {size_t{0}, size_t{1}, size_t{4}, size_t{1} << 32, SIZE_MAX}) {
        with(Must::answer, std::to_string(bad), [&](T& value) { value = bad; });
      }
    } else if constexpr (std::is_same_v<T, swt_audit_callback> || std::is_same_v<T, void*>) {
      with(Must::answer, "NULL", [](T& value) { value = nullptr; });
    } else if constexpr (std::is_same_v<T, const swt_bytes*>) {
      with(Must::argument, "NULL", [](T& value) { value = nullptr; });
    } else if constexpr (std::is_same_v<T, char*>) {
      with(Must::argument, "NULL", [](T& value) { value = nullptr; });
    } else {
      using Target = std::remove_pointer_t<T>;
      if constexpr (std::is_pointer_v<Target>) {
        with(Must::argument, "no place for the result", [](T& value) { value = nullptr; });
      } else if constexpr (IsHandle<Target>) {
        with(Must::argument, "NULL", [](T& value) { value = nullptr; });
        for (void* stranger : zoo.strangers<std::remove_const_t<Target>>()) {
          with(Must::handle, "another type", [&](T& value) { value = static_cast<T>(stranger); });
        }
      } else {
        each_bad_struct<std::remove_const_t<Target>>(with);
      }
    }
  }

  template <typename With>
  void each_bad_text(With with) {
    with(Must::answer, "not given", [](swt_bytes& text) { text = {nullptr, 0}; });
    with(Must::answer, "given and empty", [&](swt_bytes& text) { text = {guard_.last(0), 0}; });
    with(Must::argument, "a length and no data", [](swt_bytes& text) { text = {nullptr, 5}; });
    with(Must::argument, "the greatest length and no data", [](swt_bytes& text) { text = {nullptr, SIZE_MAX}; });
    with(Must::answer, "one byte", [&](swt_bytes& text) { text = {guard_.last(1), 1}; });
    for (const size_t len : kTooLong) {
      with(long_texts_may_pass_ ? Must::answer : Must::refuse, std::to_string(len) + " bytes", [&](swt_bytes& text) {
        text = {guard_.last(16), len};
      });
    }
  }

  template <typename T, typename With>
  void each_bad_struct(With with) {
    static_assert(IsOptions<T>);
    with(options_may_be_null_ ? Must::answer : Must::argument, "NULL", [](const T*& given) { given = nullptr; });
    for (const size_t size :
         {size_t{0}, size_t{1}, sizeof(size_t), sizeof(T) - 1, size_t{4097}, SIZE_MAX / 2, SIZE_MAX}) {
      with(Must::argument, "struct_size " + std::to_string(size), [&](const T*& given) {
        T* changed = keep_value(*given);
        changed->struct_size = size;
        given = changed;
      });
    }
    for (const unsigned char tail : {0, 1}) {
      with(tail == 0 ? Must::answer : Must::unsupported, "a tail", [&](const T*& given) {
        struct Longer {
          T known;
          unsigned char tail[64];
        };
        auto* longer = keep_value(Longer{*given, {}});
        longer->tail[63] = tail;
        longer->known.struct_size = sizeof(T) + sizeof(longer->tail);
        given = &longer->known;
      });
    }
    // Nothing but struct_size lies before a page that nobody may read.
    with(Must::argument, "cut short", [&](const T*& given) {
      uint8_t* place = guard_.last(sizeof(size_t));
      const size_t size = sizeof(size_t);
      std::memcpy(place, &size, sizeof size);
      given = reinterpret_cast<const T*>(place);
    });
    std::apply(
        [&](auto... each) {
          static_assert(sizeof(size_t) + (size_of(decltype(each)(nullptr)) + ...) == sizeof(T),
                        "every member of the struct is in its list");
          (member<T>(each, with), ...);
        },
        members(static_cast<const T*>(nullptr)));
  }

  template <typename T, typename M, typename With>
  void member(M T::*where, With with) {
    const auto in_it = [&](Must must, const std::string& what, auto change) {
      with(must, "a member: " + what, [&](const T*& given) {
        T* changed = keep_value(*given);
        change(changed->*where);
        given = changed;
      });
    };
    if constexpr (std::is_same_v<M, swt_bytes>) {
      each_bad_text(in_it);
    } else if constexpr (std::is_same_v<M, swt_bytes_list>) {
      each_bad_list(in_it);
    } else if constexpr (std::is_same_v<M, int64_t>) {
      for (const int64_t bad : {INT64_MIN, int64_t{-1}, INT64_MAX}) {
        in_it(Must::refuse, std::to_string(bad), [&](M& value) { value = bad; });
      }
    } else if constexpr (std::is_same_v<M, uint32_t>) {
      in_it(Must::answer, "UINT32_MAX", [](M& value) { value = UINT32_MAX; });
    } else {
      in_it(Must::answer, "NULL", [](M& value) { value = nullptr; });
    }
  }

  template <typename With>
  void each_bad_list(With with) {
    const auto* one = keep_forever(view("a"));
    with(Must::argument, "a list of no texts", [&](swt_bytes_list& list) { list = {one, 0}; });
    with(Must::argument, "a count and no list", [](swt_bytes_list& list) { list = {nullptr, 1}; });
    for (const size_t count : {size_t{17}, size_t{1} << 31, SIZE_MAX / 16 + 2, SIZE_MAX}) {
      with(Must::argument, std::to_string(count) + " texts", [&](swt_bytes_list& list) { list = {one, count}; });
    }
    for (const swt_bytes bad : {swt_bytes{nullptr, 5}, swt_bytes{nullptr, 0}, swt_bytes{guard_.last(0), 0}}) {
      with(Must::refuse, "a bad text in a list", [&](swt_bytes_list& list) { list = {keep_value(bad), 1}; });
    }
    for (const size_t len : kTooLong) {
      with(Must::refuse, "a text of " + std::to_string(len) + " bytes in a list", [&](swt_bytes_list& list) {
        list = {keep_value(swt_bytes{guard_.last(16), len}), 1};
      });
    }
  }

  const swt_bytes* keep_forever(swt_bytes bytes) {
    one_ = bytes;
    return &one_;
  }

  // Calls, and checks what holds for every call.
  template <typename... A>
  swt_status run(swt_status (*function)(A...), std::tuple<A...>& arguments) {
    static const char kMarker[] = "out_thumbprint is NULL";
    EXPECT_EQ(swt_jwk_thumbprint({nullptr, 0}, nullptr), SWT_ERR_ARGUMENT);
    EXPECT_STREQ(swt_last_error_message(), kMarker);
    const swt_status status = std::apply(function, arguments);
    const std::string message = swt_last_error_message();
    EXPECT_STRNE(swt_status_name(status), "unknown") << status;
    EXPECT_NE(swt_status_class(status), 5) << swt_status_name(status) << ": a bad argument is no internal error";
    EXPECT_FALSE(message.empty());
    if (status == SWT_OK) {
      EXPECT_EQ(message, kMarker) << "success leaves the last failure's sentence alone";
    } else if (name_ != "swt_jwk_thumbprint") {
      EXPECT_NE(message, kMarker) << "no sentence about " << status;
    }
    std::apply([&](auto... each) { (check_output(status, each), ...); }, arguments);
    return status;
  }

  template <typename T>
  void check_output(swt_status status, T argument) {
    if constexpr (std::is_same_v<T, char*>) {
      if (argument == nullptr) return;
      if (status != SWT_OK) {
        EXPECT_EQ(std::string(argument, kTextOut), std::string(kTextOut, '\0'));
      }
    } else if constexpr (std::is_pointer_v<T>) {
      if constexpr (std::is_pointer_v<std::remove_pointer_t<T>>) {
        if (argument == nullptr) return;
        if (status != SWT_OK) {
          EXPECT_EQ(*argument, nullptr);
        } else {
          EXPECT_TRUE(*argument != nullptr || may_find_nothing_);
          EXPECT_NE(reinterpret_cast<uintptr_t>(*argument), 0x10u) << "untouched";
          free_handle(*argument);
        }
      }
    }
  }

  void judge(Must must, swt_status status) {
    switch (must) {
      case Must::argument: EXPECT_EQ(status, SWT_ERR_ARGUMENT) << swt_status_name(status); break;
      case Must::handle: EXPECT_EQ(status, SWT_ERR_HANDLE) << swt_status_name(status); break;
      case Must::unsupported: EXPECT_EQ(status, SWT_ERR_UNSUPPORTED) << swt_status_name(status); break;
      case Must::refuse: EXPECT_NE(status, SWT_OK); break;
      default: break;
    }
  }

 public:
  // The least of the two, so that nothing behind it is read.
  static constexpr size_t kTextOut = SWT_ATTEMPT_LEN + 1;

 private:
  const std::string name_;
  bool long_texts_may_pass_ = false;
  bool options_may_be_null_ = false;
  bool may_find_nothing_ = false;
  LastBytes guard_;
  swt_bytes one_ = {nullptr, 0};
  std::vector<std::shared_ptr<void>> kept_;
};

// Getters and free: no code, so an empty answer and nothing else.

template <typename R>
void expect_nothing(const R& answer) {
  if constexpr (std::is_same_v<R, swt_bytes>) {
    EXPECT_EQ(answer.len, 0u);
    EXPECT_EQ(answer.data, nullptr);
  } else if constexpr (std::is_same_v<R, const char*>) {
    EXPECT_STREQ(answer, "");
  } else {
    EXPECT_EQ(answer, 0);
  }
}

template <typename R, typename H, typename... Index>
void get_of_nothing(Abuse& abuse, R (*getter)(const H*, Index...)) {
  expect_nothing(getter(nullptr, Index{0}...));
  for (void* stranger : abuse.zoo.strangers<H>()) expect_nothing(getter(static_cast<const H*>(stranger), Index{0}...));
}

template <typename H>
void free_strangers(Abuse& abuse, void (*release)(H*)) {
  release(nullptr);
  // The zoo frees them all at its end: one that was freed here is found by the sanitizers, or crashes.
  for (void* stranger : abuse.zoo.strangers<H>()) release(static_cast<H*>(stranger));
  EXPECT_STREQ(swt_status_name(swt_store_ping(abuse.zoo.store.get())), "ok");
}

// Good arguments

swt_key* some_key(Abuse& abuse) { return abuse.zoo.key.get(); }

swt_keyring* some_ring(Abuse& abuse) {
  swt_keyring* ring = nullptr;
  test::require(swt_keyring_new(&ring) == SWT_OK, "a key ring");
  return abuse.keep(std::unique_ptr<swt_keyring, test::HandleDeleter<swt_keyring_free>>(ring));
}

swt_config* some_config(Abuse& abuse) { return abuse.keep(test::new_config()); }
swt_engine* some_engine(Abuse& abuse) { return abuse.keep(test::new_engine()); }

swt_engine* engine_with_ring(Abuse& abuse) {
  swt_engine* engine = some_engine(abuse);
  EXPECT_EQ(swt_engine_set_keyring(engine, abuse.zoo.keyring), SWT_OK);
  return engine;
}

const std::string& ec_private_pem() {
  static const std::string pem = test::KeyPair::ec().pkcs8_pem();
  return pem;
}
const std::string& ec_public_pem() {
  static const std::string pem = test::KeyPair::ec().public_pem();
  return pem;
}
const test::ClientKey& client() {
  static const test::ClientKey key;
  return key;
}

const swt_sign_request* sign_request(Abuse& abuse, uint32_t flags = SWT_SIGN_REFRESH_TOKEN) {
  swt_sign_request request = test::new_sign_request();
  request.client_key_jwk = abuse.keep_text(client().jwk());
  request.proof = abuse.keep_text(test::make_proof(client()));
  request.method = view("GET");
  request.url = view("/api/profile");
  request.host = view("example.org");
  request.issuer = view("issuer");
  request.subject = view("subject");
  request.flags = flags;
  request.audiences = {abuse.keep_value(view("audience")), 1};
  return abuse.keep_value(request);
}

swt_grant* some_grant(Abuse& abuse, const swt_engine* engine) {
  return abuse.keep(test::sign(engine, *sign_request(abuse)));
}

const swt_verify_request* verify_request(Abuse& abuse, const swt_engine* engine) {
  const swt_grant* grant = some_grant(abuse, engine);
  swt_verify_request request = test::new_verify_request(grant);
  request.proof = abuse.keep_text(test::make_proof(client()));
  request.method = view("GET");
  request.url = view("/api/profile");
  request.host = view("example.org");
  request.audiences = {abuse.keep_value(view("audience")), 1};
  request.issuers = {abuse.keep_value(view("issuer")), 1};
  request.subject = view("subject");
  char* attempt = abuse.keep_value(std::array<char, SWT_ATTEMPT_LEN + 1>{})->data();
  test::require(swt_attempt_new(attempt) == SWT_OK, "an attempt");
  request.attempt = swt_text(attempt);
  return abuse.keep_value(request);
}

const swt_refresh_request* refresh_request(Abuse& abuse, const swt_engine* engine) {
  const swt_grant* grant = some_grant(abuse, engine);
  const swt_verify_request* verify = verify_request(abuse, engine);
  swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
  request.refresh_token = swt_grant_refresh_token(grant);
  request.session_id = swt_grant_session_id(grant);
  request.proof = verify->proof;
  request.method = verify->method;
  request.url = verify->url;
  request.host = verify->host;
  request.attempt = verify->attempt;
  request.data_json = view(R"({"userId":"alice"})");
  request.now_ms = test::kNowS * 1000;
  request.client_key_jwk = abuse.keep_text(client().jwk());
  return abuse.keep_value(request);
}

const swt_redis_options* redis_options(Abuse& abuse) {
  const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  return abuse.keep_value(options);
}

template <typename... A, typename... Given>
swt_pending* begun(Abuse& abuse, swt_status (*begin)(A...), Given... given) {
  swt_pending* pending = nullptr;
  test::require(begin(given..., &pending) == SWT_OK, swt_last_error_message());
  return abuse.keep(test::PendingHandle(pending));
}

// Begun, and the store has answered.
swt_pending* asked(swt_pending* pending, swt_store* store) {
  test::require(swt_pending_ask(pending, store) == SWT_OK, swt_last_error_message());
  return pending;
}

swt_pending* lookup(Abuse& abuse) { return begun(abuse, swt_lookup_begin, view(test::kSessionId)); }

// An engine, and the store that it shares with what asks for it.
struct Pair {
  swt_engine* engine;
  swt_store* store;
};
Pair engine_and_store(Abuse& abuse) {
  swt_store* store = abuse.keep(test::new_store());
  swt_config* config = some_config(abuse);
  test::require(swt_config_set_store(config, store) == SWT_OK, "a store");
  swt_engine* engine = nullptr;
  test::require(swt_engine_new(config, &engine) == SWT_OK, "an engine");
  return {abuse.keep(test::EngineHandle(engine)), store};
}

constexpr const char* kSessionJson = R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","userId":"alice"})";

const swt_store_callbacks* callbacks(Abuse& abuse) {
  swt_store_callbacks table = SWT_STORE_CALLBACKS_INIT;
  table.register_session = [](void*, swt_bytes, swt_bytes, int64_t) -> swt_status { return SWT_OK; };
  table.get_session = [](void*, swt_bytes, swt_reply*) -> swt_status { return SWT_OK; };
  table.revoke_session = [](void*, swt_bytes) -> swt_status { return SWT_OK; };
  table.release = [](void*) {};
  return abuse.keep_value(table);
}

char* text_out(Abuse& abuse) {
  auto* place = abuse.keep_value(std::array<char, SWT_THUMBPRINT_LEN + 1>{});
  place->fill('x');
  return place->data();
}

#define GETTER(function)                                              \
  {                                                                   \
#function, [](Abuse & abuse) { get_of_nothing(abuse, function); } \
  }
#define FREE(function)                                                \
  {                                                                   \
#function, [](Abuse & abuse) { free_strangers(abuse, function); } \
  }
// Good arguments as a tuple, made anew for each call.
#define CALL(function, ...)                                                                                     \
  {                                                                                                             \
#function, [](Abuse& abuse) { abuse.call(function, [](Abuse& a) { (void)a; return std::tuple __VA_ARGS__; }); } \
  }
#define CALL_THAT(option, function, ...)                                                                         \
  {                                                                                                              \
#function, [](Abuse& abuse) {                                                                                  \
     abuse.option().call(function, [](Abuse& a) { (void)a; return std::tuple __VA_ARGS__; });                     \
   } \
  }

const std::map<std::string, std::function<void(Abuse&)>>& table() {
  static const std::map<std::string, std::function<void(Abuse&)>> all = {
      {"swt_abi_version", [](Abuse&) { EXPECT_EQ(swt_abi_version(), uint32_t{SWT_ABI_VERSION}); }},
      {"swt_version_details", [](Abuse&) { EXPECT_STRNE(swt_version_details(), ""); }},
      {"swt_text", [](Abuse&) { expect_nothing(swt_text(nullptr)); }},
      {"swt_status_class",
       [](Abuse&) {
         for (const int32_t bad : {INT32_MIN, INT32_MIN + 1, -1, INT32_MAX}) EXPECT_EQ(swt_status_class(bad), bad / 100);
       }},
      {"swt_status_name",
       [](Abuse&) {
         for (const int32_t bad : {INT32_MIN, -1, 1, 100, 999, INT32_MAX}) EXPECT_STREQ(swt_status_name(bad), "unknown");
       }},
      {"swt_status_message",
       [](Abuse&) {
         for (const int32_t bad : {INT32_MIN, -1, 1, 999, INT32_MAX}) EXPECT_NE(swt_status_message(bad), nullptr);
       }},
      {"swt_status_challenge",
       [](Abuse&) {
         for (const int32_t bad : {INT32_MIN, -1, 1, 999, INT32_MAX}) EXPECT_STREQ(swt_status_challenge(bad), "");
       }},
      {"swt_last_error_message", [](Abuse&) { EXPECT_NE(swt_last_error_message(), nullptr); }},

      CALL(swt_key_new, (view(ec_private_pem()), view(test::kEncryptionSecret), uint32_t{0}, a.out<swt_key>())),
      CALL(swt_key_new_secret, (view(test::kSecret), view(test::kEncryptionSecret), uint32_t{0}, a.out<swt_key>())),
      CALL(swt_key_new_private_pem,
           (view(ec_private_pem()), view(test::kEncryptionSecret), uint32_t{0}, a.out<swt_key>())),
      CALL(swt_key_new_public_pem, (view(ec_public_pem()), view(test::kEncryptionSecret), uint32_t{0}, a.out<swt_key>())),
      {"swt_key_new_public_half",
       [](Abuse& abuse) {
         abuse.call(swt_key_new_public_half, [](Abuse& a) {
           swt_key* key = nullptr;
           test::require(swt_key_new_private_pem(view(ec_private_pem()), view(test::kEncryptionSecret), 0, &key) == SWT_OK,
                         "a key");
           return std::tuple(static_cast<const swt_key*>(a.keep(test::Key(key))), a.out<swt_key>());
         });
       }},
      GETTER(swt_key_algorithm),
      FREE(swt_key_free),
      CALL(swt_keyring_new, (a.out<swt_keyring>())),
      FREE(swt_keyring_free),
      CALL(swt_keyring_set_signer, (some_ring(a), static_cast<const swt_key*>(some_key(a)), view("k2"))),
      CALL(swt_keyring_accept, (some_ring(a), static_cast<const swt_key*>(some_key(a)), view("k2"), int64_t{SWT_NO_END})),

      CALL_THAT(options_may_be_null, swt_store_memory_open,
                (static_cast<const swt_memory_store_options*>(
                     a.keep_value(swt_memory_store_options SWT_MEMORY_STORE_OPTIONS_INIT)),
                 a.out<swt_store>())),
      CALL_THAT(options_may_be_null, swt_store_redis_open,
                (view("redis://127.0.0.1:1"),
                 static_cast<const swt_redis_store_options*>(
                     a.keep_value(swt_redis_store_options SWT_REDIS_STORE_OPTIONS_INIT)),
                 a.out<swt_store>())),
      CALL(swt_store_callbacks_open, (callbacks(a), a.out<swt_store>())),
      CALL(swt_reply_set, (&a.zoo.reply, view("found"))),
      CALL(swt_store_ping, (a.zoo.store.get())),
      FREE(swt_store_free),

      CALL(swt_config_new, (a.out<swt_config>())),
      FREE(swt_config_free),
      CALL(swt_config_set_key, (some_config(a), static_cast<const swt_key*>(some_key(a)))),
      CALL(swt_config_set_keyring, (some_config(a), static_cast<const swt_keyring*>(a.zoo.keyring))),
      CALL(swt_config_set_store, (some_config(a), a.zoo.store.get())),
      CALL(swt_config_use_external_store, (some_config(a), uint32_t{0})),
      CALL(swt_config_accept_legacy_until, (some_config(a), int64_t{0})),
      CALL(swt_config_set_audit, (some_config(a), swt_audit_callback([](void*, const swt_event*) {}), static_cast<void*>(nullptr))),
      GETTER(swt_event_name),
      {"swt_event_status", [](Abuse& abuse) { get_of_nothing(abuse, swt_event_status); }},
      GETTER(swt_event_time_ms),
      GETTER(swt_event_user_id),
      GETTER(swt_event_session_id),
      GETTER(swt_event_reason),
      GETTER(swt_event_json),
      CALL(swt_engine_new, (static_cast<const swt_config*>(a.zoo.config.get()), a.out<swt_engine>())),
      FREE(swt_engine_free),
      CALL(swt_engine_set_keyring, (some_engine(a), static_cast<const swt_keyring*>(a.zoo.keyring))),
      CALL(swt_engine_kill_key, (engine_with_ring(a), view("k9"))),

      CALL(swt_sign, (static_cast<const swt_engine*>(some_engine(a)), sign_request(a), a.out<swt_grant>())),
      GETTER(swt_grant_token),
      GETTER(swt_grant_session_id),
      GETTER(swt_grant_refresh_token),
      GETTER(swt_grant_user_id),
      GETTER(swt_grant_expires_at),
      GETTER(swt_grant_legacy_uses),
      FREE(swt_grant_free),
      CALL(swt_attempt_new, (text_out(a))),
      {"swt_verify",
       [](Abuse& abuse) {
         abuse.call(swt_verify, [](Abuse& a) {
           const swt_engine* engine = some_engine(a);
           return std::tuple(engine, verify_request(a, engine), a.out<swt_claims>());
         });
       }},
      GETTER(swt_claims_payload),
      GETTER(swt_claims_data),
      GETTER(swt_claims_user_id),
      GETTER(swt_claims_session_id),
      GETTER(swt_claims_thumbprint),
      GETTER(swt_claims_token_id),
      GETTER(swt_claims_key_id),
      GETTER(swt_claims_issued_at),
      GETTER(swt_claims_expires_at),
      GETTER(swt_claims_legacy_uses),
      FREE(swt_claims_free),
      {"swt_open_unchecked_session",
       [](Abuse& abuse) {
         abuse.call(swt_open_unchecked_session, [](Abuse& a) {
           const swt_engine* engine = some_engine(a);
           return std::tuple(engine, swt_grant_token(some_grant(a, engine)), test::kNowS * 1000, a.out<swt_claims>());
         });
       }},
      {"swt_refresh",
       [](Abuse& abuse) {
         abuse.call(swt_refresh, [](Abuse& a) {
           const swt_engine* engine = some_engine(a);
           return std::tuple(engine, refresh_request(a, engine), a.out<swt_grant>());
         });
       }},
      CALL_THAT(long_texts_may_pass, swt_revoke,
                (static_cast<const swt_engine*>(some_engine(a)), view(test::kSessionId))),
      GETTER(swt_session_json),
      FREE(swt_session_free),

      CALL(swt_sign_begin, (static_cast<const swt_engine*>(some_engine(a)), sign_request(a), a.out<swt_pending>())),
      {"swt_sign_complete",
       [](Abuse& abuse) {
         abuse.call(swt_sign_complete, [](Abuse& a) {
           const auto [engine, store] = engine_and_store(a);
           swt_pending* pending = begun(a, swt_sign_begin, engine, sign_request(a));
           return std::tuple(asked(pending, store), test::kNowS * 1000, a.out<swt_grant>());
         });
       }},
      {"swt_verify_begin",
       [](Abuse& abuse) {
         // What only the store can tell is not known yet.
         abuse.call(swt_verify_begin, [](Abuse& a) {
           const swt_engine* engine = some_engine(a);
           return std::tuple(engine, verify_request(a, engine), a.out<swt_pending>());
         });
       }},
      {"swt_verify_complete",
       [](Abuse& abuse) {
         abuse.call(swt_verify_complete, [](Abuse& a) {
           const auto [engine, store] = engine_and_store(a);
           swt_pending* pending = begun(a, swt_verify_begin, engine, verify_request(a, engine));
           return std::tuple(asked(pending, store), test::kNowS * 1000, a.out<swt_claims>());
         });
       }},
      {"swt_refresh_begin",
       [](Abuse& abuse) {
         abuse.call(swt_refresh_begin, [](Abuse& a) {
           const swt_engine* engine = some_engine(a);
           return std::tuple(engine, refresh_request(a, engine), a.out<swt_pending>());
         });
       }},
      {"swt_refresh_complete",
       [](Abuse& abuse) {
         abuse.call(swt_refresh_complete, [](Abuse& a) {
           const auto [engine, store] = engine_and_store(a);
           swt_pending* pending = begun(a, swt_refresh_begin, engine, refresh_request(a, engine));
           return std::tuple(asked(pending, store), test::kNowS * 1000, a.out<swt_grant>());
         });
       }},
      CALL_THAT(long_texts_may_pass, swt_revoke_begin, (view(test::kSessionId), a.out<swt_pending>())),
      {"swt_revoke_complete",
       [](Abuse& abuse) {
         abuse.call(swt_revoke_complete, [](Abuse& a) {
           return std::tuple(asked(begun(a, swt_revoke_begin, view(test::kSessionId)), a.keep(test::new_store())));
         });
       }},
      CALL(swt_register_begin, (view(kSessionJson), a.out<swt_pending>())),
      {"swt_register_complete",
       [](Abuse& abuse) {
         abuse.call(swt_register_complete, [](Abuse& a) {
           return std::tuple(asked(begun(a, swt_register_begin, view(kSessionJson)), a.keep(test::new_store())));
         });
       }},
      CALL_THAT(long_texts_may_pass, swt_lookup_begin, (view(test::kSessionId), a.out<swt_pending>())),
      {"swt_lookup_complete",
       [](Abuse& abuse) {
         abuse.may_find_nothing().call(swt_lookup_complete, [](Abuse& a) {
           return std::tuple(asked(lookup(a), a.keep(test::new_store())), a.out<swt_session>());
         });
       }},
      GETTER(swt_pending_needs_store),
      CALL(swt_pending_ask, (lookup(a), a.zoo.store.get())),
      GETTER(swt_pending_question),
      {"swt_pending_answer",
       [](Abuse& abuse) {
         abuse.call(swt_pending_answer, [](Abuse& a) {
           static const swt_bytes parts[] = {view("0"), view(""), view("1800000000000")};
           return std::tuple(lookup(a), static_cast<const swt_bytes*>(parts), size_t{3});
         });
       }},
      CALL(swt_pending_unavailable, (lookup(a), swt_status{SWT_UNAVAILABLE_TIMEOUT})),
      FREE(swt_pending_free),
      CALL(swt_redis_options_check, (redis_options(a))),
      CALL(swt_pending_redis_call, (static_cast<const swt_pending*>(lookup(a)), redis_options(a), a.out<swt_redis_call>())),
      {"swt_redis_script_count", [](Abuse&) { EXPECT_GT(swt_redis_script_count(), 0u); }},
      {"swt_redis_script_source",
       [](Abuse&) {
         const uint32_t count = swt_redis_script_count();
         for (const uint32_t bad : {count, count + 1, 0x80000000u, UINT32_MAX}) {
           EXPECT_EQ(swt_redis_script_source(bad).len, 0u) << bad;
         }
       }},
      GETTER(swt_redis_call_script),
      GETTER(swt_redis_call_key_count),
      {"swt_redis_call_key",
       [](Abuse& abuse) {
         get_of_nothing(abuse, swt_redis_call_key);
         for (const size_t bad : kTooLong) expect_nothing(swt_redis_call_key(abuse.zoo.call, bad));
         expect_nothing(swt_redis_call_key(abuse.zoo.call, swt_redis_call_key_count(abuse.zoo.call)));
       }},
      GETTER(swt_redis_call_arg_count),
      {"swt_redis_call_arg",
       [](Abuse& abuse) {
         get_of_nothing(abuse, swt_redis_call_arg);
         for (const size_t bad : kTooLong) expect_nothing(swt_redis_call_arg(abuse.zoo.call, bad));
         expect_nothing(swt_redis_call_arg(abuse.zoo.call, swt_redis_call_arg_count(abuse.zoo.call)));
       }},
      FREE(swt_redis_call_free),
      CALL(swt_jwk_thumbprint, (a.keep_text(client().jwk()), text_out(a))),
  };
  return all;
}

std::set<std::string> declared_functions() {
  std::ifstream header("include/swt/swt.h");
  test::require(header.good(), "include/swt/swt.h is there");
  std::set<std::string> names;
  for (std::string line; std::getline(header, line);) {
    if (!line.starts_with("SWT_API ")) continue;
    const std::string before = line.substr(0, line.find('('));
    names.insert(before.substr(before.find_last_of(" *") + 1));
  }
  return names;
}

TEST(Abuse, CoversTheHeader) {
  std::set<std::string> covered;
  for (const auto& [name, run] : table()) covered.insert(name);
  EXPECT_EQ(covered, declared_functions());
  RecordProperty("functions", static_cast<int>(covered.size()));
}

class AbuseOf : public testing::TestWithParam<std::string> {};

TEST_P(AbuseOf, EachArgument) {
  Abuse abuse(GetParam());
  table().at(GetParam())(abuse);
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, run] : table()) all.push_back(name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Functions, AbuseOf, testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace swt
