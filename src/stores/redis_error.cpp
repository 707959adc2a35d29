#include "stores/redis_error.h"

#include <algorithm>

namespace swt {
namespace {

// An error begins with its code in capitals.
std::string_view code_of(std::string_view error) { return error.substr(0, error.find(' ')); }

constexpr std::string_view kOfThisCommand[] = {"BUSY",       "ERR",      "LOADING", "MISCONF",  "NOPERM",
                                               "NOREPLICAS", "NOSCRIPT", "OOM",     "TRYAGAIN", "WRONGTYPE"};

// What the operator must put right: no waiting helps.
constexpr std::string_view kRefused[] = {"NOAUTH", "NOPERM", "WRONGPASS"};

}  // namespace

Status status_of_redis_error(std::string_view error) {
  const std::string_view code = code_of(error);
  const bool is_refused = std::find(std::begin(kRefused), std::end(kRefused), code) != std::end(kRefused);
  return is_refused ? Status::store_refused : Status::store_protocol;
}

bool is_unknown_script(std::string_view error) { return code_of(error) == "NOSCRIPT"; }

bool survives_redis_error(std::string_view error) {
  const std::string_view code = code_of(error);
  return std::find(std::begin(kOfThisCommand), std::end(kOfThisCommand), code) != std::end(kOfThisCommand);
}

}  // namespace swt
