#pragma once

#include <optional>
#include <string>

#include "tests/support/sim/answer.h"
#include "tests/support/sim/faults.h"
#include "tests/support/sim/request.h"

namespace tidegate::sim {

/// The answer that a fault puts in place of the right one (`status`, `quote-key`, `redirect`, `error-in-200`,
/// `raw-sse`); nothing where none does. An unknown raw stream is a 400.
std::optional<Answer> replacing_answer(const Request& request, const Faults& faults);

/// Adds the header fields that faults ask for and dresses the body (`split`, `gzip`).
void dress_answer(Answer& answer, const Request& request, const Faults& faults);

/// The `retry-after` that the fault's text asks for: `http-date+N` becomes a date N (2) seconds after `now`.
std::string retry_after_value(const std::string& text, std::int64_t now);

/// `Sun, 06 Nov 1994 08:49:37 GMT` for seconds since 1970.
std::string http_date(std::int64_t seconds);

}  // namespace tidegate::sim
