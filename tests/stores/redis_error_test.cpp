// What errors of Redis mean.
#include "stores/redis_error.h"

#include <gtest/gtest.h>

#include "../unit/support/outcome.h"

namespace swt {
namespace {

TEST(RedisError, IsNeverAnAnswer) {
  for (const std::string_view error : {"", "ERR", "NOAUTH Authentication required.", "WHATEVER", "missing", "1"}) {
    EXPECT_TRUE(is_unavailable(status_of_redis_error(error))) << error;
  }
}

TEST(RedisError, TellsARefusalFromAnOutage) {
  for (const std::string_view error : {"NOAUTH Authentication required.", "WRONGPASS invalid", "NOPERM no"}) {
    EXPECT_EQ(status_of_redis_error(error), Status::store_refused) << error;
  }
  for (const std::string_view error : {"", "ERR NOAUTH", "NOAUTHX", "LOADING", "READONLY", "noauth"}) {
    EXPECT_EQ(status_of_redis_error(error), Status::store_protocol) << error;
  }
}

TEST(RedisError, OfAnUnknownScriptIsToldByItsCode) {
  EXPECT_TRUE(is_unknown_script("NOSCRIPT No matching script. Please use EVAL."));
  EXPECT_TRUE(is_unknown_script("NOSCRIPT"));
  for (const std::string_view error : {"", "ERR NOSCRIPT", "NOSCRIPTX", "NOSCRIP", "noscript"}) {
    EXPECT_FALSE(is_unknown_script(error)) << error;
  }
}

TEST(RedisError, OfOneCommandLeavesTheConnectionAlone) {
  for (const std::string_view error :
       {"LOADING Redis is loading", "OOM command not allowed", "NOPERM no", "BUSY Redis is", "TRYAGAIN", "NOREPLICAS",
        "WRONGTYPE Operation", "MISCONF", "ERR x", "NOSCRIPT"}) {
    EXPECT_TRUE(survives_redis_error(error)) << error;
  }
}

// A server that is no primary any more, or does not know us any more, is asked no further on the same connection.
TEST(RedisError, OfTheServerOrTheUserEndsTheConnection) {
  for (const std::string_view error : {"READONLY You can't", "MASTERDOWN Link", "CLUSTERDOWN", "MOVED 1 a:1",
                                       "ASK 1 a:1", "NOAUTH Authentication", "WRONGPASS", "", "ERRX", "UNHEARD of"}) {
    EXPECT_FALSE(survives_redis_error(error)) << error;
  }
}

}  // namespace
}  // namespace swt
