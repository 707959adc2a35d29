// The comparison of urls against the web-platform-tests: what a browser makes of a url that a page signs.
//
// Two promises. A proof for a url is good for the request that a browser sends for it, and it is good for no request
// that a browser sends for another url. Our own rules refuse more than a browser does; they are named below.
#include "dpop/url.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"

namespace swt {
namespace {

struct Parsed {
  std::string id;
  std::string signed_url;
  std::string origin;  // protocol//host
  std::string host;
  std::string path;
  std::string query;  // with its "?", or empty
  bool has_user_name = false;

  std::string target() const { return path + query; }
  std::string absolute() const { return origin + target(); }
};

std::vector<Parsed> parsed_urls(const test::VectorFile& file) {
  std::vector<Parsed> urls;
  for (const test::Vector& vector : file.tests()) {
    if (!vector.has("href")) continue;
    if (vector.text("protocol") != "http:" && vector.text("protocol") != "https:") continue;
    // cJSON ends a text at U+0000, so these vectors did not arrive as they are.
    if (vector.text("href").find("%00") != std::string::npos) continue;
    urls.push_back({vector.text("id"), vector.text("input"), vector.text("protocol") + "//" + vector.text("host"),
                    vector.text("host"), vector.text("pathname"), vector.text("search"),
                    !vector.text("username").empty() || !vector.text("password").empty()});
  }
  return urls;
}

bool is_absolute(const Parsed& url) {
  std::string scheme = url.signed_url.substr(0, url.signed_url.find("://"));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return tolower(c); });
  return scheme == "http" || scheme == "https";
}

bool is_path(const Parsed& url) { return url.signed_url.starts_with('/') && !url.signed_url.starts_with("//"); }

// The host and port as they are written in an absolute url.
std::string written_authority(const Parsed& url) {
  std::string_view rest = std::string_view(url.signed_url).substr(url.signed_url.find("://") + 3);
  return std::string(rest.substr(0, rest.find_first_of("/?#")));
}

// Our rule: a name is one of letters, digits, hyphens, dots and underscores, or an address in brackets. It is compared
// as it is written, in any case, with up to five digits of a port: another notation than the one that a browser sends
// is another.
bool is_authority_as_sent(const Parsed& url) {
  std::string authority = written_authority(url);
  std::transform(authority.begin(), authority.end(), authority.begin(), [](unsigned char c) { return tolower(c); });
  const bool is_name = authority.starts_with('[') ||
                       authority.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._:") == std::string::npos;
  if (!is_name) return false;
  const std::string default_port = url.origin.starts_with("https") ? ":443" : ":80";
  return authority == url.host || authority == url.host + default_port || authority == url.host + ':';
}

// Our rules: no control character and no space at either end, which a browser drops; no backslash, which it turns into
// a slash, before the query.
bool is_plain(const Parsed& url) {
  const std::string& text = url.signed_url;
  const bool has_control = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  const bool has_backslash = text.substr(0, text.find('?')).find('\\') != std::string::npos;
  const bool is_trimmed = !text.empty() && text.front() != ' ' && text.back() != ' ';
  return !has_control && !has_backslash && is_trimmed;
}

TEST(UrlVectors, AreGoodForTheRequestThatABrowserSends) {
  SWT_OPEN_VECTORS(file, "url/wpt_urltestdata_http.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t absolute = 0;
  size_t paths = 0;
  for (const Parsed& url : parsed_urls(*file)) {
    if (!is_plain(url) || url.has_user_name) continue;
    SCOPED_TRACE(url.id + ": " + url.signed_url);
    if (is_absolute(url) && is_authority_as_sent(url)) {
      ++absolute;
      EXPECT_TRUE(proof_url_matches(url.signed_url, {url.target(), url.host})) << url.absolute();
      EXPECT_TRUE(proof_url_matches(url.signed_url, {url.absolute(), url.host})) << url.absolute();
      EXPECT_FALSE(proof_url_matches(url.signed_url, {url.target(), "x" + url.host})) << url.absolute();
      EXPECT_FALSE(proof_url_matches(url.signed_url, {url.path + "x" + url.query, url.host})) << url.absolute();
    } else if (is_path(url)) {
      ++paths;
      EXPECT_TRUE(proof_url_matches(url.signed_url, {url.target(), ""})) << url.absolute();
      EXPECT_FALSE(proof_url_matches(url.signed_url, {url.path + "x" + url.query, ""})) << url.absolute();
    }
  }
  EXPECT_GT(absolute, 20u);
  EXPECT_GT(paths, 0u);
  test::report_vectors({{"absolute urls", absolute}, {"paths", paths}});
}

TEST(UrlVectors, AreGoodForNoRequestThatABrowserSendsForAnother) {
  SWT_OPEN_VECTORS(file, "url/wpt_urltestdata_http.json");
  const std::vector<Parsed> urls = parsed_urls(*file);
  size_t compared = 0;
  for (const Parsed& proof : urls) {
    for (const Parsed& request : urls) {
      ++compared;
      if (!proof_url_matches(proof.signed_url, {request.absolute(), request.host})) continue;
      SCOPED_TRACE(proof.id + " for " + request.id + ": " + proof.signed_url + " for " + request.absolute());
      EXPECT_EQ(proof.path, request.path);
      EXPECT_TRUE(proof.query.empty() || proof.query == request.query);
      // A path is good on any host, as 3.0.1 signs it.
      EXPECT_TRUE(is_path(proof) || proof.origin == request.origin);
      EXPECT_TRUE(is_path(proof) || !proof.has_user_name);
    }
  }
  EXPECT_EQ(compared, urls.size() * urls.size());
  test::report_vectors({{"pairs of urls", compared}});
}

}  // namespace
}  // namespace swt
