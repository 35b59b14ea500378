#pragma once

#include <string>

#include "tests/support/sim/request.h"

namespace tidegate::sim {

/// What came in, as JSON: method, target, headers as a list of pairs, the body's size and SHA-256; with the body itself
/// where `with_body` (bytes that are no UTF-8 become U+FFFD there).
std::string echo_body(const Request& request, bool with_body);

}  // namespace tidegate::sim
