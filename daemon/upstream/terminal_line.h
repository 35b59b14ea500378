#pragma once

#include <string_view>

namespace tidegate::upstream {

/// Whether the beginning of a line is that of one which ends a stream.
enum class Likeness {
  no,
  partly,  ///< so far, but more has to come
  yes,     ///< whatever follows on the line
};

/// `data: [DONE]`, with any blanks; the SDKs look no further than the bracket's end.
Likeness like_done(std::string_view line) noexcept;

/// `event: message_stop`, or `data: {"type":"message_stop"` of a stream without names of events. The former is `yes`
/// only for what the whole line may be: a longer name is another event.
Likeness like_message_stop(std::string_view line) noexcept;

}  // namespace tidegate::upstream
