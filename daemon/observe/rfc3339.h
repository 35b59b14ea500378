#pragma once

#include <chrono>
#include <string>

namespace tidegate::observe {

/// `2026-01-02T03:04:05.678Z`: UTC, milliseconds, always 24 characters (years before 0 and after 9999 are cut to
/// these). Any thread.
std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace tidegate::observe
