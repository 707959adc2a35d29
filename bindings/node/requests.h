// The requests of sign, verify and refresh, read from JavaScript's arguments.
//
// Each owns copies of all its texts, so that it may be answered on another thread whatever JavaScript does meanwhile, and
// is therefore large and stays where it was made.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "swt/swt.h"
#include "values.h"

namespace swt_node {

enum class Operation { sign, verify, refresh, revoke, enroll, lookup };

// Several texts, as the members of swt.h that are lists take them.
class TextList {
 public:
  // An array of strings; undefined is read as "not given".
  [[nodiscard]] bool read_optional(Napi::Value value);
  swt_bytes_list view() const { return {views_.empty() ? nullptr : views_.data(), views_.size()}; }

 private:
  std::vector<std::unique_ptr<ShortText>> texts_;
  std::vector<swt_bytes> views_;
};

// A proof and the HTTP request that it came with, which the three requests of swt.h have alike.
class ProofTexts {
 public:
  [[nodiscard]] bool read_optional(Napi::Value proof, Napi::Value method, Napi::Value url, Napi::Value host) {
    return proof_.read_optional(proof) && method_.read_optional(method) && url_.read_optional(url) &&
           host_.read_optional(host);
  }

  template <typename Request>
  void give(Request& request) const {
    request.proof = proof_.view();
    request.method = method_.view();
    request.url = url_.view();
    request.host = host_.view();
  }

 private:
  Text proof_;
  ShortText method_, url_, host_;
};

class SignCall {
 public:
  static constexpr Operation kOperation = Operation::sign;

  // (engine, dataJson, clientKeyJwk?, lifetimeSeconds, refreshLifetimeSeconds, wantRefresh, nowMs, more?)
  [[nodiscard]] bool read(const Napi::CallbackInfo& info);
  static bool brings_proof(const Napi::CallbackInfo& info);
  swt_status begin(const swt_engine* engine, swt_pending** out_pending) const {
    return swt_sign_begin(engine, &request_, out_pending);
  }
  int64_t now_ms() const { return request_.now_ms; }

 private:
  [[nodiscard]] bool read_more(Napi::Value value);

  ProofTexts proof_;
  Text data_json_;
  ShortText client_key_jwk_, issuer_, subject_;
  TextList audiences_;
  swt_sign_request request_ = SWT_SIGN_REQUEST_INIT;
};

class VerifyCall {
 public:
  static constexpr Operation kOperation = Operation::verify;

  // (engine, token, sessionId?, proof?, method?, url?, host?, nowMs, attempt?, expected?)
  [[nodiscard]] bool read(const Napi::CallbackInfo& info);
  static bool brings_proof(const Napi::CallbackInfo& info) { return !info[3].IsUndefined(); }
  swt_status begin(const swt_engine* engine, swt_pending** out_pending) const {
    return swt_verify_begin(engine, &request_, out_pending);
  }
  int64_t now_ms() const { return request_.now_ms; }

 private:
  [[nodiscard]] bool read_expected(Napi::Value value);

  ProofTexts proof_;
  Text token_;
  ShortText session_id_, attempt_, subject_;
  TextList audiences_, issuers_;
  swt_verify_request request_ = SWT_VERIFY_REQUEST_INIT;
};

class RefreshCall {
 public:
  static constexpr Operation kOperation = Operation::refresh;

  // (engine, request)
  [[nodiscard]] bool read(const Napi::CallbackInfo& info);
  static bool brings_proof(const Napi::CallbackInfo& info);
  swt_status begin(const swt_engine* engine, swt_pending** out_pending) const {
    return swt_refresh_begin(engine, &request_, out_pending);
  }
  int64_t now_ms() const { return request_.now_ms; }

 private:
  ProofTexts proof_;
  Text refresh_token_;
  ShortText session_id_, attempt_, client_key_jwk_, data_json_;
  swt_refresh_request request_ = SWT_REFRESH_REQUEST_INIT;
};

}  // namespace swt_node
