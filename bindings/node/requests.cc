#include "requests.h"

namespace swt_node {
namespace {

// A member of one of our own plain objects; undefined where there is none, or when an exception is pending.
Napi::Value member(Napi::Value object, const char* name) {
  napi_value value = nullptr;
  if (napi_get_named_property(object.Env(), object, name, &value) != napi_ok) return object.Env().Undefined();
  return {object.Env(), value};
}

bool is_object(Napi::Value value) {
  if (value.IsObject()) return true;
  throw_type_error(value.Env(), "an object is needed here");
  return false;
}

bool read_proof(Napi::Value from, ProofTexts& proof) {
  return proof.read_optional(member(from, "proof"), member(from, "method"), member(from, "url"), member(from, "host"));
}

}  // namespace

bool TextList::read_optional(Napi::Value value) {
  if (value.IsUndefined()) return true;
  if (!value.IsArray()) {
    throw_type_error(value.Env(), "an array is needed here");
    return false;
  }
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    auto text = std::make_unique<ShortText>();
    if (!text->read(array.Get(i))) return false;
    views_.push_back(text->view());
    texts_.push_back(std::move(text));
  }
  return true;
}

bool SignCall::read(const Napi::CallbackInfo& info) {
  bool want_refresh = false;
  if (!data_json_.read(info[1]) || !client_key_jwk_.read_optional(info[2]) ||
      !read_integer(info[3], &request_.lifetime_s) || !read_integer(info[4], &request_.refresh_lifetime_s) ||
      !read_flag(info[5], &want_refresh) || !read_integer(info[6], &request_.now_ms) || !read_more(info[7])) {
    return false;
  }
  request_.data_json = data_json_.view();
  request_.client_key_jwk = client_key_jwk_.view();
  request_.flags = want_refresh ? SWT_SIGN_REFRESH_TOKEN : 0;
  return true;
}

bool SignCall::read_more(Napi::Value more) {
  if (more.IsUndefined()) return true;
  if (!is_object(more) || !read_proof(more, proof_) || !issuer_.read_optional(member(more, "issuer")) ||
      !subject_.read_optional(member(more, "subject")) || !audiences_.read_optional(member(more, "audiences"))) {
    return false;
  }
  proof_.give(request_);
  request_.issuer = issuer_.view();
  request_.subject = subject_.view();
  request_.audiences = audiences_.view();
  return true;
}

bool SignCall::brings_proof(const Napi::CallbackInfo& info) {
  return info[7].IsObject() && !member(info[7], "proof").IsUndefined();
}

bool VerifyCall::read(const Napi::CallbackInfo& info) {
  if (!token_.read(info[1]) || !session_id_.read_optional(info[2]) ||
      !proof_.read_optional(info[3], info[4], info[5], info[6]) || !read_integer(info[7], &request_.now_ms) ||
      !attempt_.read_optional(info[8]) || !read_expected(info[9])) {
    return false;
  }
  request_.token = token_.view();
  request_.session_id = session_id_.view();
  proof_.give(request_);
  request_.attempt = attempt_.view();
  return true;
}

bool VerifyCall::read_expected(Napi::Value expected) {
  if (expected.IsUndefined()) return true;
  if (!is_object(expected) || !audiences_.read_optional(member(expected, "audiences")) ||
      !issuers_.read_optional(member(expected, "issuers")) || !subject_.read_optional(member(expected, "subject")) ||
      !read_integer(member(expected, "leewaySeconds"), &request_.leeway_s) ||
      !read_integer(member(expected, "maxAgeSeconds"), &request_.max_age_s)) {
    return false;
  }
  request_.audiences = audiences_.view();
  request_.issuers = issuers_.view();
  request_.subject = subject_.view();
  return true;
}

bool RefreshCall::read(const Napi::CallbackInfo& info) {
  const Napi::Value from = info[1];
  bool insecure_reuse = false;
  if (!is_object(from) || !refresh_token_.read(member(from, "refreshToken")) ||
      !session_id_.read_optional(member(from, "sessionId")) || !read_proof(from, proof_) ||
      !attempt_.read_optional(member(from, "attempt")) ||
      !client_key_jwk_.read_optional(member(from, "clientKeyJwk")) ||
      !data_json_.read_optional(member(from, "dataJson")) ||
      !read_integer(member(from, "lifetimeSeconds"), &request_.lifetime_s) ||
      !read_integer(member(from, "refreshLifetimeSeconds"), &request_.refresh_lifetime_s) ||
      !read_integer(member(from, "nowMs"), &request_.now_ms) ||
      !read_flag(member(from, "insecureReuse"), &insecure_reuse)) {
    return false;
  }
  request_.refresh_token = refresh_token_.view();
  request_.session_id = session_id_.view();
  proof_.give(request_);
  request_.attempt = attempt_.view();
  request_.client_key_jwk = client_key_jwk_.view();
  request_.data_json = data_json_.view();
  request_.flags = insecure_reuse ? SWT_REFRESH_INSECURE_REUSE : 0;
  return true;
}

bool RefreshCall::brings_proof(const Napi::CallbackInfo& info) {
  return info[1].IsObject() && !member(info[1], "proof").IsUndefined();
}

}  // namespace swt_node
