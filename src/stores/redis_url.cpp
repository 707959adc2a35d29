#include "stores/redis_url.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>

namespace swt {
namespace {

constexpr size_t kMaxHostSize = 253;  // RFC 1035 section 2.3.4, without the last dot's octets
constexpr size_t kMaxSocketPathSize = sizeof(sockaddr_un::sun_path) - 1;
constexpr int kMaxDatabase = 16383;

Error wrong(const char* detail) { return Error(Status::argument, detail); }

bool is_control(char c) { return static_cast<uint8_t>(c) < 0x20 || c == '\x7f'; }

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Takes what stands before the separator, and the separator; the text keeps what follows. Without one nothing is taken.
std::optional<std::string_view> take_before(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A number without sign and leading zeros.
std::optional<int> read_number(std::string_view text, int max) {
  if (text.empty() || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  if (text[0] < '0' || text[0] > '9') return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

// False for a % without two hexadecimal digits, and for what decodes to a control character.
[[nodiscard]] bool decode_percent(std::string_view text, std::string& decoded) {
  decoded.reserve(text.size());  // one buffer: no copy of a password stays behind in an outgrown one
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (is_control(c)) return false;
    decoded += c;
  }
  return true;
}

Result<void> read_password(std::string_view text, RedisUrl& url) {
  if (text.empty()) return wrong("the redis url has an empty password");
  std::string password;
  const bool is_decoded = decode_percent(text, password);
  if (is_decoded) url.password = SecureBytes::copy_of(as_bytes(password));
  wipe({reinterpret_cast<uint8_t*>(password.data()), password.size()});
  if (!is_decoded) return wrong("the password in the redis url is not percent-encoded as it must be");
  if (!url.password) return Status::internal_memory;
  return {};
}

Result<void> read_user_info(std::string_view text, RedisUrl& url) {
  const std::optional<std::string_view> user = take_before(text, ':');
  if (!user) return wrong("the redis url has a user and no password");
  if (!decode_percent(*user, url.user)) {
    return wrong("the user in the redis url is not percent-encoded as it must be");
  }
  return read_password(text, url);
}

// Takes the user and the password off an authority's beginning, where they are.
Result<void> take_user_info(std::string_view& authority, RedisUrl& url) {
  const std::optional<std::string_view> user_info = take_before(authority, '@');
  if (!user_info) return {};
  if (authority.find('@') != std::string_view::npos) return wrong("the redis url has more than one @: write %40");
  return read_user_info(*user_info, url);
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostSize || host[0] == '.' || host.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; });
}

Result<void> read_port(std::string_view text, RedisUrl& url) {
  const std::optional<int> port = read_number(text, UINT16_MAX);
  if (!port || *port == 0) return wrong("the port in the redis url must be a number from 1 to 65535");
  url.port = static_cast<uint16_t>(*port);
  return {};
}

Result<void> read_database(std::string_view text, RedisUrl& url) {
  const std::optional<int> database = read_number(text, kMaxDatabase);
  if (!database) return wrong("the database in the redis url must be a number from 0 to 16383");
  url.database = *database;
  return {};
}

// [address] or [address]:port
Result<void> read_ipv6(std::string_view text, RedisUrl& url) {
  const std::optional<std::string_view> address = take_before(text, ']');
  if (!address || !is_ipv6(std::string(*address))) return wrong("the redis url has no IPv6 address in its brackets");
  url.host = *address;
  if (text.empty()) return {};
  if (!take_prefix(text, ":")) return wrong("something other than a port follows the address in the redis url");
  return read_port(text, url);
}

Result<void> read_host(std::string_view text, RedisUrl& url) {
  if (take_prefix(text, "[")) return read_ipv6(text, url);
  const std::optional<std::string_view> before_port = take_before(text, ':');
  const std::string_view host = before_port ? *before_port : text;
  if (host.empty()) return wrong("the redis url has no host");
  if (!is_host_name(host)) return wrong("the host in the redis url is no name and no address");
  url.host = host;
  if (!before_port) return {};
  return read_port(text, url);
}

Result<void> read_server(std::string_view rest, RedisUrl& url) {
  if (rest.find('?') != std::string_view::npos) return wrong("this redis url takes no query: the database is its path");
  const std::optional<std::string_view> before_path = take_before(rest, '/');
  std::string_view authority = before_path ? *before_path : rest;
  if (const Result<void> taken = take_user_info(authority, url); !taken) return taken;
  if (const Result<void> read = read_host(authority, url); !read) return read;
  if (!before_path || rest.empty()) return {};
  return read_database(rest, url);
}

Result<void> read_socket_path(std::string_view text, RedisUrl& url) {
  if (!decode_percent(text, url.path)) {
    return wrong("the path in the redis url is not percent-encoded as it must be");
  }
  if (url.path.back() == '/') return wrong("the path in the redis url is a folder");
  if (url.path.size() > kMaxSocketPathSize) return wrong("the path in the redis url is too long for a unix socket");
  return {};
}

Result<void> read_unix_socket(std::string_view rest, RedisUrl& url) {
  const size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (const Result<void> taken = take_user_info(authority, url); !taken) return taken;
  if (!authority.empty() || slash == std::string_view::npos) {
    return wrong("the path of the unix socket in the redis url must begin with /");
  }
  rest.remove_prefix(slash);
  const std::optional<std::string_view> before_query = take_before(rest, '?');
  if (const Result<void> read = read_socket_path(before_query ? *before_query : rest, url); !read) return read;
  if (!before_query) return {};
  if (!take_prefix(rest, "db=")) return wrong("the only query that a redis url may have is ?db= of a unix socket");
  return read_database(rest, url);
}

}  // namespace

Result<RedisUrl> parse_redis_url(std::string_view text) {
  if (text.size() > kMaxRedisUrlSize) return wrong("the redis url is over 2048 bytes");
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ' '; })) {
    return wrong("the redis url holds a space or a control character");
  }
  if (text.find('#') != std::string_view::npos) return wrong("a redis url has no fragment: write %23");

  RedisUrl url;
  Result<void> read;
  if (take_prefix(text, "redis://")) {
    read = read_server(text, url);
  } else if (take_prefix(text, "rediss://")) {
    url.transport = RedisUrl::Transport::tls;
    read = read_server(text, url);
  } else if (take_prefix(text, "unix://")) {
    url.transport = RedisUrl::Transport::unix_socket;
    read = read_unix_socket(text, url);
  } else {
    return wrong("the redis url must begin with redis://, rediss:// or unix://");
  }
  if (!read) return read.error();
  return url;
}

}  // namespace swt
