// Scheme, host and port: two different origins are never equal, and one origin is equal to itself in its usual forms.
#include <gtest/gtest.h>

#include <string>

#include "dpop/url.h"

namespace swt {
namespace {

bool matches(std::string_view proof, std::string_view request, std::optional<std::string_view> host = std::nullopt) {
  return proof_url_matches(proof, {request, host});
}

TEST(UrlHost, OfAnAbsoluteProofIsTheHostHeaders) {
  EXPECT_TRUE(matches("https://app.example/a", "/a", "app.example"));
  EXPECT_TRUE(matches("http://app.example/a", "/a", "app.example"));
  EXPECT_FALSE(matches("https://app.example/a", "/a", "evil.example"));
  EXPECT_FALSE(matches("https://app.example/a", "/a", "app.example.evil.example"));
  EXPECT_FALSE(matches("https://app.example/a", "/a", "xapp.example"));
  EXPECT_FALSE(matches("https://app.example/a", "/a", "app"));
}

TEST(UrlHost, OfAProofThatIsAPathIsAny) {
  EXPECT_TRUE(matches("/a", "/a", "app.example"));
  EXPECT_TRUE(matches("/a", "https://app.example/a", "app.example"));
}

TEST(UrlHost, ThatIsNotKnownIsNotCompared) { EXPECT_TRUE(matches("https://app.example/a", "/a")); }

TEST(UrlHost, ThatIsEmptyIsNoneOfAnyProof) {
  EXPECT_FALSE(matches("https://app.example/a", "/a", ""));
  EXPECT_TRUE(matches("/a", "/a", "")) << "a proof that names no host";
}

TEST(UrlHost, IsComparedWithoutRegardToCase) {
  EXPECT_TRUE(matches("HTTPS://App.Example/a", "/a", "app.EXAMPLE"));
  EXPECT_TRUE(matches("https://app.example/a", "HTTPS://APP.example/a"));
  EXPECT_FALSE(matches("https://app.example/A", "https://app.example/a"));
}

TEST(UrlHost, HasItsUsualPortOrNone) {
  EXPECT_TRUE(matches("https://h:443/a", "/a", "h"));
  EXPECT_TRUE(matches("https://h/a", "/a", "h:443"));
  EXPECT_TRUE(matches("http://h:80/a", "/a", "h"));
  EXPECT_TRUE(matches("http://h/a", "/a", "h:80"));
  EXPECT_TRUE(matches("https://h:8443/a", "/a", "h:8443"));
  EXPECT_TRUE(matches("https://h:/a", "/a", "h"));
  EXPECT_TRUE(matches("https://h:0443/a", "/a", "h"));
}

TEST(UrlHost, OnAnotherPortIsAnother) {
  EXPECT_FALSE(matches("https://h:8443/a", "/a", "h"));
  EXPECT_FALSE(matches("https://h/a", "/a", "h:8443"));
  EXPECT_FALSE(matches("https://h:80/a", "/a", "h"));
  EXPECT_FALSE(matches("http://h:443/a", "/a", "h"));
  EXPECT_FALSE(matches("https://h:8443/a", "/a", "h:8444"));
  EXPECT_FALSE(matches("https://h:8443/a", "/a", "h:84"));
  EXPECT_FALSE(matches("https://h:1/a", "https://h:10/a"));
}

TEST(UrlHost, WithAPortThatIsNoneIsRefused) {
  for (const std::string_view bad :
       {"h:x", "h:8o", "h:-1", "h:+1", "h:8 0", "h:80:80", "h:1234567", "h: 80", "h:0x50"}) {
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "/a")) << bad;
    EXPECT_FALSE(matches("https://h/a", "/a", bad)) << bad;
    EXPECT_FALSE(matches("/a", "https://" + std::string(bad) + "/a")) << bad;
  }
}

TEST(UrlHost, WithAUserNameIsRefused) {
  for (const std::string_view bad :
       {"user@h", "user:pw@h", "@h", ":@h", "h@evil.example", "h:443@evil.example", "h%40evil.example"}) {
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "/a", "h")) << bad;
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "/a")) << bad;
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "https://" + std::string(bad) + "/a")) << bad;
    EXPECT_FALSE(matches("https://h/a", "/a", bad)) << bad;
  }
  EXPECT_TRUE(matches("https://h/user@h", "/user@h", "h"));
}

TEST(UrlHost, OfAnIpv6AddressStandsInBrackets) {
  EXPECT_TRUE(matches("https://[::1]/a", "/a", "[::1]"));
  EXPECT_TRUE(matches("https://[::1]:8443/a", "/a", "[::1]:8443"));
  EXPECT_TRUE(matches("https://[::1]:443/a", "/a", "[::1]"));
  EXPECT_TRUE(matches("https://[2001:DB8::A]/a", "/a", "[2001:db8::a]"));
  EXPECT_FALSE(matches("https://[::1]/a", "/a", "[::2]"));
  EXPECT_FALSE(matches("https://[::1]:1/a", "/a", "[::1]:2"));
  for (const std::string_view bad :
       {"[::1", "::1]", "[]", "[h]", "[::1]x", "[::1%25eth0]", "[[::1]]", "[::1]:x", "[::1].evil.example"}) {
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "https://" + std::string(bad) + "/a")) << bad;
  }
}

// Another notation of the same address is another host: refusing is safe.
TEST(UrlHost, InAnotherNotationIsAnother) {
  EXPECT_FALSE(matches("https://127.0.0.1/a", "/a", "127.1"));
  EXPECT_FALSE(matches("https://0x7f.1/a", "/a", "127.0.0.1"));
  EXPECT_FALSE(matches("https://localhost/a", "/a", "127.0.0.1"));
  EXPECT_FALSE(matches("https://h./a", "/a", "h"));
  EXPECT_FALSE(matches("https://[::1]/a", "/a", "[0:0:0:0:0:0:0:1]"));
  EXPECT_TRUE(matches("https://h./a", "/a", "h."));
}

TEST(UrlHost, IsWrittenInAscii) {
  EXPECT_TRUE(matches("https://xn--bcher-kva.example/a", "/a", "xn--bcher-kva.example"));
  EXPECT_FALSE(
      matches("https://b\xc3\xbc"
              "cher.example/a",
              "/a",
              "b\xc3\xbc"
              "cher.example"));
  EXPECT_FALSE(
      matches("https://h\xe3\x80\x82"
              "example/a",
              "/a", "h.example"));
  EXPECT_FALSE(matches("https://%68/a", "/a", "h"));
}

TEST(UrlHost, HoldsNothingThatAHostDoesNot) {
  for (const std::string_view bad :
       {"h h", "h,evil.example", "h;x", "h'", "h\"", "h<", "h|", "h^", "h!", "h$", "h&", "h(", "h*", "h+", "h="}) {
    EXPECT_FALSE(matches("https://" + std::string(bad) + "/a", "/a", bad)) << bad;
    EXPECT_FALSE(matches("https://h/a", "/a", bad)) << bad;
  }
  EXPECT_TRUE(matches("https://my_host-1.example/a", "/a", "my_host-1.example"));
}

TEST(UrlHost, MayBeMissingFromNoAbsoluteUrl) {
  for (const std::string_view bad : {"https:///a", "https://?x", "https://", "https://:443/a", "https://#f"}) {
    EXPECT_FALSE(matches(bad, "/a")) << bad;
    EXPECT_FALSE(matches(bad, "/")) << bad;
  }
}

TEST(UrlHost, EndsAt512Bytes) {
  const std::string most = std::string(508, 'a') + ":443";
  EXPECT_TRUE(matches("https://" + std::string(508, 'a') + "/a", "/a", most));
  EXPECT_FALSE(matches("https://" + std::string(509, 'a') + "/a", "/a", 'a' + most));
}

// TLS may end before this process, so the scheme of a request is often not known.
TEST(UrlScheme, IsOpenWhereOnlyTheHostHeaderIsKnown) {
  EXPECT_TRUE(matches("https://h/a", "/a", "h"));
  EXPECT_TRUE(matches("http://h/a", "/a", "h"));
}

TEST(UrlScheme, OfAnAbsoluteRequestIsTheProofs) {
  EXPECT_TRUE(matches("https://h/a", "https://h/a"));
  EXPECT_TRUE(matches("http://h/a", "http://h/a"));
  EXPECT_FALSE(matches("http://h/a", "https://h/a"));
  EXPECT_FALSE(matches("https://h/a", "http://h/a"));
  EXPECT_FALSE(matches("http://h:443/a", "https://h:443/a"));
}

TEST(UrlHost, OfAnAbsoluteRequestIsTheProofs) {
  EXPECT_TRUE(matches("https://h/a", "https://h/a", "h"));
  EXPECT_TRUE(matches("https://h:443/a", "https://h/a", "h"));
  EXPECT_FALSE(matches("https://h/a", "https://evil.example/a"));
  EXPECT_FALSE(matches("https://h/a", "https://h:444/a"));
}

// RFC 9112 section 3.2.2
TEST(UrlHost, OfAnAbsoluteRequestAgreesWithTheHostHeader) {
  EXPECT_TRUE(matches("/a", "https://h/a", "h"));
  EXPECT_TRUE(matches("/a", "https://h/a", "H:443"));
  EXPECT_FALSE(matches("/a", "https://h/a", "evil.example"));
  EXPECT_FALSE(matches("https://h/a", "https://h/a", "evil.example"));
  EXPECT_FALSE(matches("https://evil.example/a", "https://h/a", "evil.example"));
  EXPECT_FALSE(matches("/a", "https://h/a", "h:80"));
}

}  // namespace
}  // namespace swt
