#pragma once

#include <cstddef>
#include <string_view>

namespace tidegate::observe {

/// Why an answer that had begun did not reach its end.
enum class Truncation {
  none,                 ///< it did
  cut_before_finish,    ///< the stream ended in good order, but without its dialect's finish
  done_without_finish,  ///< it said [DONE] or message_stop, and no reason for it: one-api behind a broken upstream
  malformed_chunk,      ///< an event is no JSON, so a part of the text is lost
  error_chunk,          ///< the upstream itself said in the stream that it failed
  stalled,              ///< no byte for llm.openapi.timeout
  reset,                ///< the connection ended, by a reset or not, in the middle of the transfer
  deadline,             ///< the client's X-Tidegate-Deadline-Ms passed
  bad_framing,          ///< the bytes were no valid HTTP any more
  cut_body,             ///< what only the connection's end ends, and is no event stream, was no whole JSON then
};
inline constexpr std::size_t kTruncations = static_cast<std::size_t>(Truncation::cut_body) + 1;

/// The enumerator's name; "" for none.
std::string_view to_string(Truncation reason) noexcept;

}  // namespace tidegate::observe
