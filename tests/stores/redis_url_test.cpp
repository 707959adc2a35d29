// What a Redis url may say, and what it may not.
#include "stores/redis_url.h"

#include <gtest/gtest.h>

#include <string>

#include "../unit/support/outcome.h"

namespace swt {
namespace {

using Transport = RedisUrl::Transport;

struct Parsed {
  Transport transport;
  std::string place;  // host or path
  int port;
  std::string user;
  std::string password;  // "(none)" without
  int database;

  bool operator==(const Parsed&) const = default;
};

void PrintTo(const Parsed& parsed, std::ostream* out) {
  *out << static_cast<int>(parsed.transport) << " at '" << parsed.place << "' " << parsed.port << " as '" << parsed.user
       << "' with '" << parsed.password << "' in " << parsed.database;
}

Parsed parse(std::string_view text) {
  const Result<RedisUrl> url = parse_redis_url(text);
  if (!url) return {Transport::tcp, std::string("refused: ") + url.error().detail, 0, "", "", 0};
  return {url->transport, url->transport == Transport::unix_socket ? url->path : url->host,        url->port,
          url->user,      url->password ? std::string(as_text(url->password->bytes())) : "(none)", url->database};
}

TEST(RedisUrl, NamesAHost) {
  EXPECT_EQ(parse("redis://localhost"), (Parsed{Transport::tcp, "localhost", 6379, "", "(none)", 0}));
  EXPECT_EQ(parse("redis://localhost/"), (Parsed{Transport::tcp, "localhost", 6379, "", "(none)", 0}));
  EXPECT_EQ(parse("redis://redis_1.my-net.internal.:7000"),
            (Parsed{Transport::tcp, "redis_1.my-net.internal.", 7000, "", "(none)", 0}));
  EXPECT_EQ(parse("redis://10.0.0.1:1/16383"), (Parsed{Transport::tcp, "10.0.0.1", 1, "", "(none)", 16383}));
  EXPECT_EQ(parse("rediss://redis.example:65535/15"),
            (Parsed{Transport::tls, "redis.example", 65535, "", "(none)", 15}));
}

TEST(RedisUrl, NamesAnIpv6AddressInBrackets) {
  EXPECT_EQ(parse("redis://[::1]"), (Parsed{Transport::tcp, "::1", 6379, "", "(none)", 0}));
  EXPECT_EQ(parse("redis://:p@[2001:db8::1]:6380/2"), (Parsed{Transport::tcp, "2001:db8::1", 6380, "", "p", 2}));
}

TEST(RedisUrl, NamesAUserAndAPassword) {
  EXPECT_EQ(parse("redis://alice:secret@host"), (Parsed{Transport::tcp, "host", 6379, "alice", "secret", 0}));
  EXPECT_EQ(parse("redis://:secret@host:1/3"), (Parsed{Transport::tcp, "host", 1, "", "secret", 3}));
  EXPECT_EQ(parse("redis://a:b:c@host"), (Parsed{Transport::tcp, "host", 6379, "a", "b:c", 0}));
}

TEST(RedisUrl, IsPercentDecodedWhereItMayBe) {
  EXPECT_EQ(parse("redis://al%69ce:p%40s%2Fs%3a%25%23%3F@host").password, "p@s/s:%#?");
  EXPECT_EQ(parse("redis://al%69ce:p@host").user, "alice");
  EXPECT_EQ(parse("redis://u:%C3%A9@host").password, "\xc3\xa9");
  EXPECT_EQ(parse("unix:///a%20b/%25.sock").place, "/a b/%.sock");
}

TEST(RedisUrl, NamesAUnixSocket) {
  EXPECT_EQ(parse("unix:///run/redis.sock"),
            (Parsed{Transport::unix_socket, "/run/redis.sock", 6379, "", "(none)", 0}));
  EXPECT_EQ(parse("unix:///r@s.sock?db=16383"),
            (Parsed{Transport::unix_socket, "/r@s.sock", 6379, "", "(none)", 16383}));
  EXPECT_EQ(parse("unix://alice:secret@/r.sock?db=1"),
            (Parsed{Transport::unix_socket, "/r.sock", 6379, "alice", "secret", 1}));
  EXPECT_EQ(parse("unix://:secret@/r.sock"), (Parsed{Transport::unix_socket, "/r.sock", 6379, "", "secret", 0}));
}

TEST(RedisUrl, ThatIsAnythingElseIsRefused) {
  for (const std::string_view text :
       {// schemes
        "", "redis", "redis:", "redis:/host", "redis:host", "Redis://host", "REDIS://host", "http://host",
        "redis+tls://host", "//host", "host:6379", "unixs:///a", " redis://host", "redis-socket:///a",
        // hosts
        "redis://", "redis:///0", "redis://:6379", "redis://@host", "redis://:@host", "redis://u:@host",
        "redis://u@host", "redis://a b", "redis://host ", "redis://ho%73t", "redis://h\xc3\xb6st", "redis://.host",
        "redis://.", "redis://a..b", "redis://host\\", "redis://a,b", "redis://*", "redis://u:p@@host",
        "redis://u:p@h@host", "redis://u:p/x@host",
        // addresses in brackets
        "redis://[", "redis://[]", "redis://[::1", "redis://::1", "redis://[::1]6379", "redis://[::1%25lo]",
        "redis://[127.0.0.1]", "redis://[host]", "redis://[::1]:",
        // ports
        "redis://host:", "redis://host:0", "redis://host:65536", "redis://host:-1", "redis://host:+1",
        "redis://host:06379", "redis://host:6379x", "redis://host:1:2", "redis://host:99999999999999999999",
        // databases
        "redis://host/16384", "redis://host/-1", "redis://host/+1", "redis://host/00", "redis://host/01",
        "redis://host/x", "redis://host/1/", "redis://host/1/2", "redis://host//", "redis://host/99999999999",
        // queries and fragments
        "redis://host?db=1", "redis://host/1?", "redis://host/?timeout=1", "redis://host#1", "redis://host/1#",
        "unix:///a?", "unix:///a?db", "unix:///a?db=", "unix:///a?db=16384", "unix:///a?db=01", "unix:///a?db=1&db=2",
        "unix:///a?DB=1", "unix:///a?database=1", "unix:///a?db=1?", "unix:///a#",
        // percent-encoding
        "redis://u:%@host", "redis://u:%4@host", "redis://u:%zz@host", "redis://u:%00@host", "redis://u:%0a@host",
        "redis://%1f:p@host", "redis://u:%7F@host", "redis://%:p@host",
        // paths
        "unix://", "unix:a", "unix://a", "unix://a/b", "unix://./a", "unix://host:1/a", "unix:///", "unix:///a/",
        "unix:///a%00b", "unix:///%", "unix://u@/a", "unix://u:p@a", "unix://u:p@h@/a", "unix://:@/a"}) {
    EXPECT_EQ(test::status_of(parse_redis_url(text)), Status::argument) << text;
  }
}

TEST(RedisUrl, HoldsNoControlCharacterAndNoSpace) {
  for (int byte = 0; byte <= 0x20; ++byte) {
    const std::string text = "redis://:a" + std::string(1, static_cast<char>(byte)) + "b@host";
    EXPECT_EQ(test::status_of(parse_redis_url(text)), Status::argument) << byte;
  }
  EXPECT_EQ(test::status_of(parse_redis_url("redis://:a\x7f@host")), Status::argument);
  EXPECT_EQ(test::status_of(parse_redis_url(std::string("redis://host\0", 13))), Status::argument);
  EXPECT_EQ(test::status_of(parse_redis_url("redis://:a!b@host")), Status::ok);
}

TEST(RedisUrl, EndsAt2048Bytes) {
  const auto of_size = [](size_t size) {
    const std::string beginning = "redis://:";
    const std::string end = "@host";
    return beginning + std::string(size - beginning.size() - end.size(), 'p') + end;
  };
  EXPECT_EQ(test::status_of(parse_redis_url(of_size(2048))), Status::ok);
  EXPECT_EQ(test::status_of(parse_redis_url(of_size(2049))), Status::argument);
}

TEST(RedisUrl, HasAHostOf253BytesAtTheMost) {
  EXPECT_EQ(test::status_of(parse_redis_url("redis://" + std::string(253, 'h'))), Status::ok);
  EXPECT_EQ(test::status_of(parse_redis_url("redis://" + std::string(254, 'h'))), Status::argument);
}

TEST(RedisUrl, HasAPathThatFitsIntoASocketsAddress) {
  EXPECT_EQ(test::status_of(parse_redis_url("unix:///" + std::string(106, 'p'))), Status::ok);
  EXPECT_EQ(test::status_of(parse_redis_url("unix:///" + std::string(107, 'p'))), Status::argument);
}

TEST(RedisUrl, NeverGetsIntoAnErrorsText) {
  for (const std::string_view text :
       {"redis://user:hunter2@", "redis://user:hunter2@host:x", "redis://user:hunter2%@host",
        "http://user:hunter2@host", "redis://user:hunter2@host?x=hunter2", "unix://user:hunter2@rel/hunter2"}) {
    const Result<RedisUrl> url = parse_redis_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(std::string_view(url.error().detail).find("hunter2"), std::string_view::npos) << text;
    EXPECT_EQ(std::string_view(url.error().detail).find("user:"), std::string_view::npos) << text;
  }
}

}  // namespace
}  // namespace swt
