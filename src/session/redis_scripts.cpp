#include <string>

#include "session/redis_call.h"

namespace swt {
namespace {

// Every script replies with an array of three: a number of enum Fact, a text, the server's time in ms. No nil, boolean or
// fraction: clients turn those into different things. The time is read before anything is written.

// What verify and rotate begin with. ARGV expected beginning of the record, proof id, attempt, proof life in ms, proof cap.
// check() gives the fact and the record; the proof is spent last, when all else was good.
constexpr std::string_view kCheck = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ms = function(value) return string.format('%.0f', value) end

local function spend(proof, attempt, life, cap)
  local spent, sweep_at, full_until = unpack(redis.call('HMGET', KEYS[2], 'P' .. proof, 'q', 'w'))
  if spent then return string.match(spent, '^%S+') == attempt and 1 or -2 end
  if full_until and now < tonumber(full_until) then return -4 end
  if redis.call('HLEN', KEYS[2]) >= tonumber(sweep_at or '64') then
    local live = 0
    local fields = redis.call('HGETALL', KEYS[2])
    for i = 1, #fields, 2 do
      if string.sub(fields[i], 1, 1) == 'P' then
        if tonumber(string.match(fields[i + 1], '%d+$')) <= now then
          redis.call('HDEL', KEYS[2], fields[i])
        else
          live = live + 1
        end
      end
    end
    if live >= cap then
      -- Looking through all of them costs milliseconds, so a full session is not looked through at every request.
      redis.call('HSET', KEYS[2], 'w', ms(now + 10000))
      return -4
    end
    redis.call('HSET', KEYS[2], 'q', ms(math.min(math.max(64, 2 * live), cap + 8)))
  end
  redis.call('HSET', KEYS[2], 'P' .. proof, attempt .. ' ' .. ms(now + life))
  -- The companion must outlive both its session and this proof, also where somebody else moves the session's expiry.
  local keep = math.max(redis.call('PTTL', KEYS[1]), life)
  if redis.call('PTTL', KEYS[2]) < keep then redis.call('PEXPIRE', KEYS[2], ms(keep + 60000)) end
  return 1
end

local function check(expected, proof, attempt, life, cap, is_going_to_write)
  -- Changes nothing. A write, so that a server that was a primary and is none any more refuses to answer; and where more
  -- is to be written, one that a server without memory left refuses too.
  if is_going_to_write then
    redis.call('SETRANGE', KEYS[1], 0, '')
  else
    redis.call('HDEL', KEYS[2], '')
  end
  local record = redis.call('GET', KEYS[1])
  if not record then return 0, '' end
  local revoked, epoch = unpack(redis.call('HMGET', KEYS[2], 'd', 'e'))
  if revoked then return -1, '' end

  -- Compared before anything is spent: a thief with the wrong session must not burn the victim's proof. What follows the
  -- expected beginning may be our own members, but no key that the token does not have.
  local key_member = ',"jkt":'
  local after = string.sub(record, #expected + 1, #expected + #key_member)
  local is_expected = string.sub(record, 1, #expected) == expected
    and (after == '}' or (string.sub(after, 1, 1) == ',' and after ~= key_member))
  if not is_expected then return -9, record end

  if proof ~= '' then
    local code = spend(proof, attempt, tonumber(life), tonumber(cap))
    if code ~= 1 then return code, '' end
  end
  return epoch and 1 or 2, record
end
)lua";

// KEYS record, companion. ARGV of check().
constexpr std::string_view kVerify = R"lua(
local expected, proof, attempt, life, cap = unpack(ARGV)
local code, record = check(expected, proof, attempt, life, cap, proof ~= '')
return {code, record, now}
)lua";

// KEYS record, companion. ARGV of check(), hash of the refresh token, hash of its successor, '1' to take one that nobody
// has heard of, life of the session in ms, grace in ms, how long a revocation is remembered in ms, not after.
constexpr std::string_view kRotate = R"lua(
local presented, successor, is_legacy = ARGV[6], ARGV[7], ARGV[8] == '1'
local life, grace, remember, not_after = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11], tonumber(ARGV[12])
if not_after > 0 and now > not_after then return {-6, '', now} end
local code, record = check(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], true)
if code < 1 then return {code, record, now} end

-- A session that we registered knows its refresh token; one of 3.0.1 cannot be its own.
if is_legacy and code == 1 then return {-9, record, now} end

local current, previous, grace_end = unpack(redis.call('HMGET', KEYS[2], 'r', 'p', 'y'))
-- The same call, sent again by a client that lost the reply: each call has a successor of its own.
if presented == previous and current == successor then return {code, record, now} end
if presented == current or (not current and is_legacy) then
  redis.call('HSET', KEYS[2], 'r', successor, 'p', presented, 'y', ms(now + grace))
  local left = math.max(redis.call('PTTL', KEYS[1]), life)
  redis.call('PEXPIRE', KEYS[1], ms(left))
  if redis.call('PTTL', KEYS[2]) < left + 60000 then redis.call('PEXPIRE', KEYS[2], ms(left + 60000)) end
  if redis.call('HEXISTS', KEYS[2], 'x') == 1 then redis.call('HSET', KEYS[2], 'x', ms(now + left)) end
  return {code, record, now}
end
if presented == previous and now <= tonumber(grace_end) then return {3, '', now} end
-- A login that had a refresh token, and nothing is known of it: its state was lost. Not the fault of whoever asks.
if not current then return {0, '', now} end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'd', 'reused:' .. ms(now))
redis.call('PEXPIRE', KEYS[2], remember)
return {-7, '', now}
)lua";

// KEYS record, companion. ARGV record, life in ms, refresh token hash, not after.
constexpr std::string_view kRegister = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record, life, refresh, not_after = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
-- The caller has given up by then and told its user so.
if not_after > 0 and now > not_after then return {-6, '', now} end
if redis.call('HEXISTS', KEYS[2], 'd') == 1 then return {-1, '', now} end
local present = redis.call('GET', KEYS[1])
if present then
  if present == record then return {1, '', now} end
  return {-5, '', now}
end
redis.call('SET', KEYS[1], record, 'PX', string.format('%.0f', life))
redis.call('HSET', KEYS[2], 'e', '0', 'x', string.format('%.0f', now + life))
if refresh ~= '' then redis.call('HSET', KEYS[2], 'r', refresh) end
redis.call('PEXPIRE', KEYS[2], string.format('%.0f', life + 60000))
return {1, '', now}
)lua";

// KEYS record, companion. ARGV how long a revocation is remembered in ms, the same for a session that is not there.
constexpr std::string_view kRevoke = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- An id that nobody has may still belong to a login on its way, so it is remembered too, but not for long: anybody can
-- send ids that nobody has.
local was_known = redis.call('EXISTS', KEYS[1]) == 1 or redis.call('HEXISTS', KEYS[2], 'e') == 1
local remember = tonumber(was_known and ARGV[1] or ARGV[2])
remember = string.format('%.0f', math.max(remember, redis.call('PTTL', KEYS[2])))
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'd', 'revoked:' .. string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[2], remember)
return {1, '', now}
)lua";

// KEYS record, companion.
constexpr std::string_view kLookup = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Deletes nothing: see verify.
redis.call('HDEL', KEYS[2], '')
local record = redis.call('GET', KEYS[1])
if not record then return {0, '', now} end
local revoked, epoch = unpack(redis.call('HMGET', KEYS[2], 'd', 'e'))
if revoked then return {-1, '', now} end
return {epoch and 1 or 2, record, now}
)lua";

}  // namespace

std::string_view script_source(Script script) {
  static const std::string verify = std::string(kCheck).append(kVerify);
  static const std::string rotate = std::string(kCheck).append(kRotate);
  switch (script) {
    case Script::verify: return verify;
    case Script::rotate: return rotate;
    case Script::register_session: return kRegister;
    case Script::revoke: return kRevoke;
    case Script::lookup: return kLookup;
  }
  return {};
}

}  // namespace swt
