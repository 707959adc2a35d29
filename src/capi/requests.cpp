#include "capi/requests.h"

#include <initializer_list>

#include "capi/boundary.h"

using namespace swt;
using namespace swt::capi;

namespace {

constexpr size_t kMaxListed = 16;

using TextField = std::pair<swt_bytes, std::string_view*>;

Result<void> read_texts(std::initializer_list<TextField> fields) {
  for (const auto& [bytes, text] : fields) {
    const Result<std::string_view> read = text_from(bytes);
    if (!read) return read.error();
    *text = *read;
  }
  return {};
}

// An empty list, or an empty text in it, that was meant to say something must not say nothing.
Result<void> read_list(swt_bytes_list list, std::vector<std::string_view>& out) {
  if (list.items == nullptr && list.count == 0) return {};
  if (list.items == nullptr || list.count == 0 || list.count > kMaxListed) {
    return Error(Status::argument, "a list must have 1 to 16 texts");
  }
  for (size_t i = 0; i < list.count; ++i) {
    const Result<std::string_view> text = text_from(list.items[i]);
    if (!text) return text.error();
    out.push_back(*text);
  }
  return {};
}

// A request whose method or url got lost on the way must not look like one that has none to compare.
Result<HttpRequest> http_from(swt_bytes proof, swt_bytes method, swt_bytes url, swt_bytes host, swt_bytes attempt) {
  if (is_given_empty(method) || is_given_empty(url)) {
    return Error(Status::argument, "method or url is given and empty");
  }
  HttpRequest http;
  std::string_view host_text;
  const Result<void> read = read_texts(
      {{proof, &http.proof}, {method, &http.method}, {url, &http.url}, {host, &host_text}, {attempt, &http.attempt}});
  if (!read) return read.error();
  if (host.data != nullptr) http.host = host_text;
  return http;
}

Lifetimes lifetimes_from(int64_t access_s, int64_t refresh_s) {
  Lifetimes lifetimes;
  if (access_s != 0) lifetimes.access_s = access_s;
  if (refresh_s != 0) lifetimes.refresh_s = refresh_s;
  return lifetimes;
}

}  // namespace

namespace swt::capi {

Result<SignRequest> read_request(const swt_sign_request* pointer, int64_t& now_ms) {
  const Result<swt_sign_request> given = options_from(pointer, SWT_SIZE_WITH(swt_sign_request, audiences));
  if (!given) return given.error();
  if ((given->flags & ~SWT_SIGN_REFRESH_TOKEN) != 0 || given->reserved != 0) {
    return Error(Status::unsupported, "an unknown flag is set");
  }
  if (is_given_empty(given->client_key_jwk)) return Error(Status::client_key, "the client's key is empty");
  if (is_given_empty(given->proof)) return Error(Status::argument, "the proof is given and empty");
  if (is_given_empty(given->issuer) || is_given_empty(given->subject)) {
    return Error(Status::argument, "issuer or subject is given and empty");
  }
  const Result<HttpRequest> http = http_from(given->proof, given->method, given->url, given->host, {nullptr, 0});
  if (!http) return http.error();
  SignRequest request;
  const Result<void> read = read_texts({{given->data_json, &request.data_json},
                                        {given->client_key_jwk, &request.client_key_jwk},
                                        {given->issuer, &request.issuer},
                                        {given->subject, &request.subject}});
  if (!read) return read.error();
  if (const Result<void> listed = read_list(given->audiences, request.audiences); !listed) return listed.error();
  request.http = *http;
  request.lifetimes = lifetimes_from(given->lifetime_s, given->refresh_lifetime_s);
  request.with_refresh_token = (given->flags & SWT_SIGN_REFRESH_TOKEN) != 0;
  now_ms = given->now_ms;
  return request;
}

Result<VerifyRequest> read_request(const swt_verify_request* pointer, int64_t& now_ms) {
  const Result<swt_verify_request> given = options_from(pointer, SWT_SIZE_WITH(swt_verify_request, max_age_s));
  if (!given) return given.error();
  const Result<HttpRequest> http = http_from(given->proof, given->method, given->url, given->host, given->attempt);
  if (!http) return http.error();
  if (is_given_empty(given->subject)) return Error(Status::argument, "subject is given and empty");
  VerifyRequest request;
  request.http = *http;
  Expectations& expected = request.expected;
  const Result<void> read = read_texts(
      {{given->token, &request.token}, {given->session_id, &request.session_id}, {given->subject, &expected.subject}});
  if (!read) return read.error();
  if (const Result<void> listed = read_list(given->audiences, expected.audiences); !listed) return listed.error();
  if (const Result<void> listed = read_list(given->issuers, expected.issuers); !listed) return listed.error();
  expected.leeway_s = given->leeway_s;
  expected.max_age_s = given->max_age_s;
  now_ms = given->now_ms;
  return request;
}

Result<RefreshRequest> read_request(const swt_refresh_request* pointer, int64_t& now_ms) {
  const Result<swt_refresh_request> given = options_from(pointer, SWT_SIZE_WITH(swt_refresh_request, client_key_jwk));
  if (!given) return given.error();
  if ((given->flags & ~SWT_REFRESH_INSECURE_REUSE) != 0 || given->reserved != 0) {
    return Error(Status::unsupported, "an unknown flag is set");
  }
  if (is_given_empty(given->data_json)) return Error(Status::data, "the new claims are given and empty");
  if (is_given_empty(given->client_key_jwk)) return Error(Status::client_key, "the client's key is empty");
  // What a client sends may be empty; that it named a session must not get lost.
  if (is_given_empty(given->session_id)) return Status::session_missing;
  const Result<HttpRequest> http = http_from(given->proof, given->method, given->url, given->host, given->attempt);
  if (!http) return http.error();
  RefreshRequest request;
  request.http = *http;
  const Result<void> read = read_texts({{given->refresh_token, &request.refresh_token},
                                        {given->session_id, &request.session_id},
                                        {given->client_key_jwk, &request.client_key_jwk},
                                        {given->data_json, &request.data_json}});
  if (!read) return read.error();
  request.lifetimes = lifetimes_from(given->lifetime_s, given->refresh_lifetime_s);
  request.insecurely_allow_reuse = (given->flags & SWT_REFRESH_INSECURE_REUSE) != 0;
  now_ms = given->now_ms;
  return request;
}

}  // namespace swt::capi
