// Who answers the core's questions.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "session/question.h"

namespace swt {

// May be asked by any number of threads at once.
class Store {
 public:
  Store() = default;
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Facts, or a status of the class `unavailable`. Never throws anything but bad_alloc.
  virtual StoreReply ask(const Question& question, Instant now) = 0;

  // Whether the store remembers which refresh tokens were used, and a RotateQuestion may be asked.
  virtual bool spends_refresh_tokens() const { return true; }

  // Can it be used? A status of the class `unavailable` when it cannot.
  virtual Result<void> ping() { return {}; }
};

}  // namespace swt
