// Who answers the core's questions.
#pragma once

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
};

}  // namespace swt
