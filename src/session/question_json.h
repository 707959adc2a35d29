// The questions as JSON, for a store that neither this library nor Redis knows of. swt.h says what each asks for.
#pragma once

#include <string>

#include "session/question.h"

namespace swt {

std::string write_question(const Question& question);

}  // namespace swt
