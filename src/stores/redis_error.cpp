#include "stores/redis_error.h"

#include <algorithm>

namespace swt {
namespace {

// An error begins with its code in capitals.
std::string_view code_of(std::string_view error) { return error.substr(0, error.find(' ')); }

constexpr std::string_view kOfThisCommand[] = {"BUSY",       "ERR",      "LOADING", "MISCONF",  "NOPERM",
                                               "NOREPLICAS", "NOSCRIPT", "OOM",     "TRYAGAIN", "WRONGTYPE"};

}  // namespace

Status status_of_redis_error(std::string_view) { return Status::store_protocol; }

bool is_unknown_script(std::string_view error) { return code_of(error) == "NOSCRIPT"; }

bool survives_redis_error(std::string_view error) {
  const std::string_view code = code_of(error);
  return std::find(std::begin(kOfThisCommand), std::end(kOfThisCommand), code) != std::end(kOfThisCommand);
}

}  // namespace swt
