#include "stores/redis_server_clock.h"

#include <cstdlib>

namespace swt {
namespace {

// A slow reply does not tell when the server looked at its clock.
constexpr int64_t kMaxRoundTripUs = 50000;

// A step of the server's clock, another server, or a machine that slept: the old offset is worthless.
constexpr int64_t kStepUs = 1000000;

// One sample moves the offset by an eighth of its distance.
constexpr int64_t kWeight = 8;

}  // namespace

void RedisServerClock::learn(int64_t server_ms, int64_t sent_us, int64_t received_us) {
  if (server_ms <= 0 || server_ms > kMaxRedisServerMs || received_us < sent_us) return;
  const int64_t round_trip_us = received_us - sent_us;
  const int64_t sample_us = server_ms * 1000 - (sent_us + round_trip_us / 2);
  const int64_t known_us = offset_us_.load();
  // A slow sample is off by half its round trip at the most, so it is better than none, and it does tell a step.
  if (known_us == kUnknown || std::abs(sample_us - known_us) > kStepUs + round_trip_us / 2) {
    offset_us_ = sample_us;
  } else if (round_trip_us <= kMaxRoundTripUs) {
    offset_us_ = known_us + (sample_us - known_us) / kWeight;
  }
}

int64_t RedisServerClock::at(int64_t now_us) const {
  const int64_t offset_us = offset_us_.load();
  return offset_us == kUnknown ? 0 : (offset_us + now_us) / 1000;
}

}  // namespace swt
