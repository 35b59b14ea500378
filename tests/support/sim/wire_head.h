#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/support/sim/answer.h"

namespace tidegate::sim {

/// How the end of a body is told.
enum class Framing { none, length, chunked, until_close };

/// The status line and fields of a good head. `date` is an HTTP date, `id` the request's.
std::string head_text(const Answer& answer, Framing framing, bool keep_alive, std::string_view date,
                      std::string_view id);

/// The whole of an answer that no HTTP parser should take (`bad-status`, `http09`, `double-length`,
/// `negative-length`), or the beginning of an endless head; nothing where no such fault is asked for.
std::optional<std::string> broken_answer(const Faults& faults);

/// One more field of an endless head.
std::string endless_field(std::uint64_t number);

}  // namespace tidegate::sim
