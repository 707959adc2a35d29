// The store over Redis, in a file of its own: a program that links the archive and opens no such store, as the Node addon,
// needs neither hiredis nor libssl.
#include "stores/redis_store.h"

#include "capi/boundary.h"

using namespace swt;
using namespace swt::capi;

namespace {

constexpr size_t kMaxPathSize = 4096;

Result<RedisStoreOptions> options_of(const swt_redis_store_options* given) {
  RedisStoreOptions options;
  if (given == nullptr) return options;
  const Result<swt_redis_store_options> read =
      options_from(given, SWT_SIZE_WITH(swt_redis_store_options, client_key_file));
  if (!read) return read.error();
  if (read->reserved != 0) return Error(Status::unsupported, "an unknown option is set");
  const std::pair<swt_bytes, std::string*> texts[] = {
      {read->prefix, &options.layout.prefix},
      {read->ca_file, &options.ca_file},
      {read->client_certificate_file, &options.client_certificate_file},
      {read->client_key_file, &options.client_key_file},
  };
  for (const auto& [bytes, text] : texts) {
    const Result<std::string_view> given_text = text_from(bytes);
    if (!given_text) return given_text.error();
    if (given_text->size() > kMaxPathSize) return Error(Status::argument, "a text among the options is too long");
    if (!given_text->empty() || is_given_empty(bytes)) *text = *given_text;
  }
  if (is_given_empty(read->ca_file)) return Error(Status::argument, "ca_file is given and empty");
  options.layout.session_ttl_s = read->session_ttl_s;
  if (read->connect_timeout_ms != 0) options.connect_timeout_ms = read->connect_timeout_ms;
  if (read->command_timeout_ms != 0) options.command_timeout_ms = read->command_timeout_ms;
  if (read->max_connections != 0) options.max_connections = read->max_connections;
  return options;
}

}  // namespace

extern "C" swt_status swt_store_redis_open(swt_bytes url, const swt_redis_store_options* options,
                                           swt_store** out_store) {
  return handing_out(out_store, [&]() -> Result<std::shared_ptr<Store>> {
    const Result<std::string_view> text = text_from(url);
    if (!text) return text.error();
    Result<RedisStoreOptions> read = options_of(options);
    if (!read) return read.error();
    Result<std::shared_ptr<RedisStore>> store = RedisStore::open(*text, *std::move(read));
    if (!store) return store.error();
    return std::shared_ptr<Store>(*std::move(store));
  });
}
