#include "dpop/url.h"

#include <algorithm>
#include <vector>

namespace swt {
namespace {

constexpr size_t kMaxUrlSize = 8192;
constexpr size_t kMaxHostSize = 512;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

struct Origin {
  std::string scheme;     // "http" or "https"; empty where it is not known
  std::string authority;  // host in lower case, and the port where it is not the scheme's own
};

struct Url {
  std::optional<Origin> origin;
  std::string path;
  std::optional<std::string> query;
};

// Bytes that no url has on its way to a router: controls, and before the query the backslash, which browsers turn into a
// slash.
bool has_forbidden_byte(std::string_view text) {
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return has_control || text.substr(0, text.find('?')).find('\\') != std::string_view::npos;
}

bool is_host_character(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// host [ ":" port ], where the host is a name, an IPv4 address or an IPv6 address in brackets (RFC 3986 section 3.2.2).
// Names are compared as they are written, so another notation of the same address is another host, and a name outside
// ASCII is none: what a browser sends is its punycode form.
std::optional<std::string> read_authority(std::string_view text, std::string_view default_port) {
  size_t host_end = 0;
  if (text.starts_with('[')) {
    const size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    const std::string_view address = text.substr(1, bracket - 1);
    const bool is_address = !address.empty() && std::all_of(address.begin(), address.end(),
                                                            [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    if (!is_address) return std::nullopt;
    host_end = bracket + 1;
  } else {
    while (host_end < text.size() && is_host_character(text[host_end])) ++host_end;
    if (host_end == 0) return std::nullopt;
  }
  const std::string host = to_lower(text.substr(0, host_end));
  std::string_view rest = text.substr(host_end);
  if (rest.empty()) return host;
  if (rest[0] != ':' || rest.size() > 6) return std::nullopt;
  rest.remove_prefix(1);
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  while (rest.size() > 1 && rest[0] == '0') rest.remove_prefix(1);
  if (rest.empty() || rest == default_port) return host;
  return host + ':' + std::string(rest);
}

std::string_view default_port_of(std::string_view scheme) { return scheme == "https" ? "443" : "80"; }

// Percent-encodes what a browser does (WHATWG URL, path and query percent-encode sets), and writes the hex digits of what
// is encoded already in upper case.
std::string percent_encode(std::string_view text, std::string_view also) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<uint8_t>(c);
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out.push_back('%');
      for (const char digit : {text[i + 1], text[i + 2]}) {
        out.push_back(digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit);
      }
      i += 2;
    } else if (byte > 0x7E || also.find(c) != std::string_view::npos) {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// Upper-case hex digits only: nothing else of a request's target may change.
std::string with_upper_case_escapes(std::string_view text) {
  std::string out(text);
  for (size_t i = 0; i + 2 < out.size(); ++i) {
    if (out[i] != '%' || !is_hex(out[i + 1]) || !is_hex(out[i + 2])) continue;
    for (size_t digit : {i + 1, i + 2}) {
      if (out[digit] >= 'a' && out[digit] <= 'f') out[digit] = static_cast<char>(out[digit] - 'a' + 'A');
    }
  }
  return out;
}

// "." and ".." of a path, also where a dot is written %2e (WHATWG URL, double-dot segment). The path is percent-encoded.
bool is_dots(std::string_view segment, size_t dots) {
  size_t seen = 0;
  while (!segment.empty()) {
    if (segment.starts_with('.')) segment.remove_prefix(1);
    else if (segment.starts_with("%2E")) segment.remove_prefix(3);
    else return false;
    ++seen;
  }
  return seen == dots;
}

std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  path.remove_prefix(1);
  for (;;) {
    const size_t slash = path.find('/');
    const bool is_last = slash == std::string_view::npos;
    const std::string_view segment = path.substr(0, slash);
    if (is_dots(segment, 2)) {
      if (!kept.empty()) kept.pop_back();
      if (is_last) kept.push_back("");
    } else if (is_dots(segment, 1)) {
      if (is_last) kept.push_back("");
    } else {
      kept.push_back(segment);
    }
    if (is_last) break;
    path.remove_prefix(slash + 1);
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  return out;
}

// Splits an absolute url or a path into its parts, without changing path and query.
std::optional<Url> split(std::string_view text) {
  if (text.empty() || has_forbidden_byte(text)) return std::nullopt;
  Url url;
  if (!text.starts_with('/')) {
    const size_t colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    Origin origin{to_lower(text.substr(0, colon)), ""};
    if (origin.scheme != "http" && origin.scheme != "https") return std::nullopt;
    text.remove_prefix(colon + 3);
    const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(authority.size());
    std::optional<std::string> read = read_authority(authority, default_port_of(origin.scheme));
    if (!read) return std::nullopt;
    origin.authority = *std::move(read);
    url.origin = std::move(origin);
  }
  const size_t question = text.find('?');
  url.path = text.substr(0, question);
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = std::string(text.substr(question + 1));
  return url;
}

// The two forms in which a signed url may be asked for.
struct SignedUrl {
  Url sent;      // what a browser sends for it
  Url verbatim;  // the same bytes, as clients send that are no browsers
};

std::optional<SignedUrl> read_signed_url(std::string_view text) {
  // Without a scheme, two slashes begin another host.
  if (text.starts_with("//")) return std::nullopt;
  const std::optional<Url> url = split(text.substr(0, text.find('#')));
  if (!url) return std::nullopt;
  SignedUrl read{*url, *url};
  read.sent.path = without_dot_segments(percent_encode(url->path, " \"<>`{}^"));
  read.verbatim.path = with_upper_case_escapes(url->path);
  // Dot segments mean one place to a browser and may mean another to a router.
  if (without_dot_segments(read.verbatim.path) != read.verbatim.path) read.verbatim.path = read.sent.path;
  if (url->query) {
    read.sent.query = percent_encode(*url->query, " \"<>'");
    read.verbatim.query = with_upper_case_escapes(*url->query);
  }
  return read;
}

std::optional<Url> read_target(std::string_view text) {
  if (text.find('#') != std::string_view::npos) return std::nullopt;
  std::optional<Url> url = split(text);
  if (!url) return std::nullopt;
  url->path = with_upper_case_escapes(url->path);
  if (url->query) url->query = with_upper_case_escapes(*url->query);
  return url;
}

bool host_matches(const Origin& origin, std::string_view host) {
  return read_authority(host, default_port_of(origin.scheme)) == origin.authority;
}

bool origin_matches(const Url& proof, const Url& request, std::optional<std::string_view> host) {
  if (request.origin) {
    // A target in absolute form names its host twice, and both must agree (RFC 9112 section 3.2.2).
    if (host && !host_matches(*request.origin, *host)) return false;
    return !proof.origin ||
           (proof.origin->scheme == request.origin->scheme && proof.origin->authority == request.origin->authority);
  }
  return !proof.origin || !host || host_matches(*proof.origin, *host);
}

}  // namespace

bool proof_url_matches(std::string_view proof_url, const RequestTarget& target) {
  if (proof_url.size() > kMaxUrlSize || target.url.size() > kMaxUrlSize ||
      target.host.value_or("").size() > kMaxHostSize)
    return false;
  const std::optional<SignedUrl> proof = read_signed_url(proof_url);
  const std::optional<Url> request = read_target(target.url);
  if (!proof || !request || !origin_matches(proof->sent, *request, target.host)) return false;
  const auto matches = [&](const Url& form) {
    // A bare "?" is sent by some clients and dropped by others, so an empty query is the same as none.
    return form.path == request->path && (!form.query || *form.query == request->query.value_or(""));
  };
  return matches(proof->sent) || matches(proof->verbatim);
}

}  // namespace swt
