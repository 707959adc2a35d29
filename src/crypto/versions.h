#pragma once

#include <string>

namespace swt {

// The cryptographic libraries in use, for bug reports.
std::string crypto_versions();

}  // namespace swt
