// Is the url that a proof was made for the one that was requested?
//
// The two sides are not treated alike. A page signs the url that it hands to fetch; what arrives is what the browser made
// of it. So the proof's url goes through what a browser does to one (WHATWG URL, in the part that matters), and the
// request's target is taken as the raw bytes that the router sees. A proof is then good for exactly the request that a
// browser would have sent for it, or one with the very bytes that were signed, and never for one that the router sends
// elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace swt {

struct RequestTarget {
  std::string_view url;                  // path and query, or an absolute url
  std::optional<std::string_view> host;  // the Host header, where it is known; an empty one is no host
};

// False when they differ, and when either is no http url or path.
//  - Paths are compared byte by byte, percent-encodings in either case of their hex digits.
//  - A query in the proof's url must be the request's; a proof's url without one leaves the query open.
//  - An absolute proof url is compared with the request's absolute url, scheme included; else with the Host header, the
//    scheme left open, since TLS may end before this process. Where neither is known, its path and query are.
//  - A url with a user name, a fragment in a request, a backslash before the query or a control character is refused.
bool proof_url_matches(std::string_view proof_url, const RequestTarget& target);

}  // namespace swt
