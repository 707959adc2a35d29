// Path and query: a proof is good for exactly the request that a browser would send for its url.
#include <gtest/gtest.h>

#include <string>

#include "dpop/url.h"
#include "support/text.h"

namespace swt {
namespace {

bool matches(std::string_view proof, std::string_view request) {
  return proof_url_matches(proof, {request, std::nullopt});
}

struct Pair {
  std::string_view proof;
  std::string_view request;
};

void expect_same(std::initializer_list<Pair> pairs) {
  for (const auto& [proof, request] : pairs) EXPECT_TRUE(matches(proof, request)) << proof << " for " << request;
}

void expect_different(std::initializer_list<Pair> pairs) {
  for (const auto& [proof, request] : pairs) EXPECT_FALSE(matches(proof, request)) << proof << " for " << request;
}

TEST(UrlPath, IsTheSameByteByByte) {
  expect_same({{"/", "/"},
               {"/api", "/api"},
               {"/a/b/c.json", "/a/b/c.json"},
               {"/a;x=1/b", "/a;x=1/b"},
               {"/~u/@x:y", "/~u/@x:y"}});
  expect_different({{"/api", "/admin"},
                    {"/api", "/api/"},
                    {"/api/", "/api"},
                    {"/api", "/API"},
                    {"/a", "/a;x"},
                    {"/a;x", "/a"},
                    {"/a", "/"},
                    {"/", "/a"},
                    {"/a/b", "/a"},
                    {"/a", "/a/b"},
                    {"/a.b", "/aXb"},
                    {"/a+b", "/a%20b"}});
}

TEST(UrlPath, OfAnAbsoluteUrlMayBeLeftOut) {
  expect_same({{"https://h", "/"}, {"https://h/", "/"}, {"https://h?x=1", "/?x=1"}, {"https://h#f", "/"}});
  expect_different({{"https://h", "/a"}});
}

// A browser resolves them before it sends; what arrives with them in it came from no browser.
TEST(UrlPath, OfTheProofHasItsDotSegmentsResolved) {
  expect_same({{"/a/../b", "/b"},
               {"/a/./b", "/a/b"},
               {"/a/b/..", "/a/"},
               {"/a/.", "/a/"},
               {"/..", "/"},
               {"/../../a", "/a"},
               {"/.", "/"},
               {"/a/b/../../c", "/c"},
               {"/a//../b", "/a/b"},
               {"https://h/a/../b", "/b"}});
  expect_different({{"/a/../b", "/a/b"}, {"/a/..", "/a"}, {"/a/./b", "/a//b"}});
}

TEST(UrlPath, OfTheProofHasEncodedDotSegmentsResolvedToo) {
  expect_same({{"/a/%2e%2e/b", "/b"},
               {"/a/%2E%2E/b", "/b"},
               {"/a/.%2e/b", "/b"},
               {"/a/%2e./b", "/b"},
               {"/a/%2E/b", "/a/b"},
               {"/a/%2e", "/a/"},
               {"/a/b/%2e%2E", "/a/"}});
}

TEST(UrlPath, WithDotsThatAreNoDotSegmentsIsLeftAlone) {
  expect_same({{"/a/.../b", "/a/.../b"},
               {"/.well-known/x", "/.well-known/x"},
               {"/a/..b", "/a/..b"},
               {"/a/b..", "/a/b.."},
               {"/a/.b", "/a/.b"},
               {"/a/..;x/b", "/a/..;x/b"}});
  expect_different({{"/a/.../b", "/b"}, {"/a/..;/b", "/b"}});
}

TEST(UrlPath, OfTheRequestIsTakenAsTheRouterSeesIt) {
  expect_different({{"/a/../b", "/a/../b"},
                    {"/b", "/a/../b"},
                    {"/a/b", "/a/./b"},
                    {"/admin", "/x/%2e%2e/admin"},
                    {"/x/%2e%2e/admin", "/x/%2e%2e/admin"},
                    {"/x/..%2fadmin", "/admin"}});
}

TEST(UrlPath, IsNotDecoded) {
  expect_same({{"/a%2Fb", "/a%2Fb"}, {"/a%252e", "/a%252e"}, {"/%41", "/%41"}, {"/a%00b", "/a%00b"}});
  expect_different({{"/a%2Fb", "/a/b"},
                    {"/a/b", "/a%2Fb"},
                    {"/%41", "/A"},
                    {"/A", "/%41"},
                    {"/a%252Fb", "/a%2Fb"},
                    {"/a%252e%252e/b", "/b"},
                    {"/a%5Cb", "/a/b"},
                    {"/a%3Fx", "/a?x"}});
}

TEST(UrlPath, HasItsHexDigitsInEitherCase) {
  expect_same({{"/a%2fb", "/a%2Fb"}, {"/a%2Fb", "/a%2fb"}, {"/%c3%a9", "/%C3%A9"}, {"/%C3%a9", "/%c3%A9"}});
  expect_different({{"/%c3%a9", "/%c3%a8"}});
}

TEST(UrlPath, WithAPercentThatEncodesNothingIsLeftAlone) {
  expect_same({{"/100%", "/100%"}, {"/%", "/%"}, {"/%2", "/%2"}, {"/%zz", "/%zz"}, {"/%2g", "/%2g"}});
  expect_different({{"/%zz", "/%ZZ"}, {"/100%", "/100%25"}});
}

TEST(UrlPath, OfTheProofIsEncodedAsABrowserDoes) {
  expect_same({{"/a b", "/a%20b"},
               {"/\xc3\xa9", "/%C3%A9"},
               {"/\xc3\xa9", "/%c3%a9"},
               {"/\"<>`{}", "/%22%3C%3E%60%7B%7D"},
               {"/a|b", "/a|b"},
               {"/a[b]", "/a[b]"},
               {"/a'b", "/a'b"},
               {"/!$&()*+,;=:@-._~", "/!$&()*+,;=:@-._~"}});
  expect_different({{"/a b", "/a+b"}, {"/a|b", "/a%7Cb"}, {"/%C3%A9", "/\xc3\xa9"}, {"/a%20b", "/a b"}});
}

// Browsers encode it since the standard was changed (WHATWG URL, path percent-encode set); older ones do not.
TEST(UrlPath, WithACaretIsTheOneOfOlderAndOfNewerBrowsers) { expect_same({{"/a^b", "/a^b"}, {"/a^b", "/a%5Eb"}}); }

// As clients send it that are no browsers.
TEST(UrlPath, MayAlsoComeWithTheVeryBytesThatWereSigned) {
  expect_same({{"/a b", "/a b"}, {"/\xc3\xa9", "/\xc3\xa9"}, {"/\"<>`{}", "/\"<>`{}"}, {"/a?q=b c", "/a?q=b c"}});
  expect_different({{"/a b?q=b c", "/a%20b?q=b c"}, {"/a b/../c", "/a b/../c"}, {"/a /%2e%2e/c", "/a /%2e%2e/c"}});
}

TEST(UrlPath, WithTwoSlashesInItIsNotTheOneWithOne) {
  expect_same({{"/a//b", "/a//b"}, {"/a/", "/a/"}, {"/a///", "/a///"}});
  expect_different({{"/a//b", "/a/b"}, {"/a/b", "/a//b"}, {"/a/", "/a//"}});
}

// "//host/path" is another host for a browser and a path for a router.
TEST(UrlPath, ThatBeginsWithTwoSlashesIsSignedWithItsHostOrNotAtAll) {
  expect_same({{"https://h//a", "//a"}, {"/.//a", "//a"}});
  expect_different({{"//evil.example/a", "/a"},
                    {"//evil.example/a", "//evil.example/a"},
                    {"/a", "//a"},
                    {"//a", "//a"},
                    {"//", "/"},
                    {"https://h//a", "/a"},
                    {"/evil.example/a", "//evil.example/a"}});
}

TEST(UrlQuery, InTheProofIsTheRequests) {
  expect_same({{"/pay?to=bob", "/pay?to=bob"},
               {"/a?x=1&y=2", "/a?x=1&y=2"},
               {"/a?b?c", "/a?b?c"},
               {"/a?/../b", "/a?/../b"},
               {"/a??", "/a??"}});
  expect_different({{"/pay?to=bob", "/pay?to=eve"},
                    {"/pay?to=bob", "/pay"},
                    {"/pay?to=bob", "/pay?to=bob&to=eve"},
                    {"/a?x=1&y=2", "/a?y=2&x=1"},
                    {"/a?x", "/a?X"},
                    {"/a?x=1", "/a?x=1&"},
                    {"/a?x", "/a??x"},
                    {"/a?%41", "/a?A"}});
}

TEST(UrlQuery, ThatTheProofDoesNotHaveIsOpen) {
  expect_same({{"/pay", "/pay"}, {"/pay", "/pay?to=eve"}, {"/pay", "/pay?"}});
}

TEST(UrlQuery, ThatIsEmptyIsNone) {
  expect_same({{"/a?", "/a"}, {"/a?", "/a?"}});
  expect_different({{"/a?", "/a?x"}, {"/a?x", "/a?"}});
}

TEST(UrlQuery, IsEncodedAsABrowserDoes) {
  expect_same({{"/a?q=b c", "/a?q=b%20c"},
               {"/a?q=\xc3\xa9", "/a?q=%C3%A9"},
               {"/a?q=\"<>'", "/a?q=%22%3C%3E%27"},
               {"/a?q={}|^`", "/a?q={}|^`"},
               {"/a?q=%c3%a9", "/a?q=%C3%A9"},
               {"/a?q=a+b", "/a?q=a+b"},
               {"/a?q=\\", "/a?q=\\"}});
  expect_different({{"/a?q=b c", "/a?q=b+c"}, {"/a?q=\\", "/a?q=/"}, {"/a?q=%20", "/a?q= "}});
}

TEST(UrlFragment, OfTheProofStaysInTheBrowser) {
  expect_same({{"/a#top", "/a"}, {"/a?x=1#top", "/a?x=1"}, {"/a#?x=1", "/a"}, {"https://h/a#//evil", "/a"}});
  expect_different({{"#top", "/"}, {"/a?x=1#y", "/a?x=2"}});
}

TEST(UrlFragment, InARequestIsRefused) {
  expect_different(
      {{"/a", "/a#"}, {"/a", "/a#top"}, {"/a", "/a?x#top"}, {"/a#top", "/a#top"}, {"/a", "https://h/a#top"}});
}

TEST(Url, WithABackslashBeforeItsQueryIsRefused) {
  expect_same({{"/a/b", "/a/b"}});
  expect_different({{"/a\\b", "/a\\b"},
                    {"/a\\b", "/a/b"},
                    {"/a/b", "/a\\b"},
                    {"\\a", "/a"},
                    {"/\\evil.example/a", "/a"},
                    {"https:\\\\h\\a", "/a"},
                    {"https://h\\a", "/a"},
                    {"/a", "\\a"},
                    {"/a/..\\b", "/b"}});
}

TEST(Url, WithAControlCharacterIsRefused) {
  for (int byte = 0; byte < 0x80; ++byte) {
    if (byte >= 0x20 && byte != 0x7f) continue;
    const std::string one(1, static_cast<char>(byte));
    EXPECT_FALSE(matches("/a" + one + "b", "/ab")) << byte;
    EXPECT_FALSE(matches("/a" + one + "b", "/a" + one + "b")) << byte;
    EXPECT_FALSE(matches("/ab", "/a" + one + "b")) << byte;
    EXPECT_FALSE(matches("/ab" + one, "/ab")) << byte;
    EXPECT_FALSE(matches(one + "/ab", "/ab")) << byte;
  }
}

TEST(Url, IsAPathOrAnHttpUrlAndNothingElse) {
  for (const std::string_view bad : {"",
                                     "a",
                                     "a/b",
                                     "?x",
                                     "*",
                                     ".",
                                     "..",
                                     "data:text/html,x",
                                     "file:///a",
                                     "javascript:alert(1)",
                                     "ftp://h/a",
                                     "ws://h/a",
                                     "wss://h/a",
                                     "blob:https://h/a",
                                     "http:a",
                                     "https:a",
                                     "http:/h/a",
                                     "https:///a",
                                     "://h/a",
                                     "http//h/a",
                                     "h:80",
                                     "h/a",
                                     " /a",
                                     "http ://h/a",
                                     "httpx://h/a",
                                     "view-source:https://h/a"}) {
    EXPECT_FALSE(matches(bad, "/a")) << bad;
    EXPECT_FALSE(matches("/a", bad)) << bad;
    EXPECT_FALSE(matches(bad, bad)) << bad;
  }
}

TEST(Url, EndsAt8192Bytes) {
  const std::string most = '/' + std::string(8191, 'a');
  EXPECT_TRUE(matches(most, most));
  EXPECT_FALSE(matches(most + 'a', most + 'a'));
  EXPECT_FALSE(matches("/a", most + 'a'));
  EXPECT_TRUE(matches("/a", "/a?" + std::string(8189, 'x')));
  EXPECT_FALSE(matches("/a", "/a?" + std::string(8190, 'x')));
  EXPECT_FALSE(matches("https://h/" + std::string(100000, 'a'), "/a"));
}

TEST(Url, OfManyDotSegmentsIsReadInGoodTime) {
  EXPECT_TRUE(matches(test::repeated("/a", 2000) + test::repeated("/..", 1300), test::repeated("/a", 700) + '/'));
  EXPECT_TRUE(matches(test::repeated("/%2e", 2000), "/"));
}

}  // namespace
}  // namespace swt
