// Redis knows a script by the SHA-1 of its source.
#include "stores/redis_script_names.h"

#include <gtest/gtest.h>

#include "support/redis_process.h"

namespace swt {
namespace {

TEST(RedisScriptNames, AreWhatRedisCallsThem) {
  const test::RedisProcess redis;
  const Result<RedisScriptNames> names = redis_script_names();
  ASSERT_TRUE(names);
  for (uint32_t script = 0; script < kScriptCount; ++script) {
    const std::string source(script_source(static_cast<Script>(script)));
    EXPECT_EQ(redis.run({"SCRIPT", "LOAD", source}), "$40\r\n" + (*names)[script] + "\r\n") << script;
  }
}

}  // namespace
}  // namespace swt
