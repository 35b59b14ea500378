#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/error.h"

namespace tidegate::policy {

/// What the body of a failed answer, or an error chunk of a stream, says about the failure. All of it is the upstream's
/// word: texts are cut to a bound, and nothing in it is trusted beyond choosing a row of the table of verdicts.
struct ErrorFacts {
  bool is_error = false;     ///< the body itself says that it is a failure, whatever the status
  bool html = false;         ///< a page of a web server or CDN before the upstream, not an API's answer
  std::string code;          ///< error.code as text, numbers in decimal; also a top-level `code`
  std::string type;          ///< error.type
  std::string text;          ///< error.message, `error`, `message`, `detail`, …; of a plain text body its beginning
  std::string error_type;    ///< error.metadata.error_type (OpenRouter)
  std::string limit_source;  ///< error.metadata.limit_source (OpenRouter)
  std::string detail_code;   ///< error.details.error_code (Anthropic), error.innererror.code (Azure)
  std::string resets_at;     ///< when a limit is lifted, as written: RFC 3339, or an epoch in seconds or milliseconds
  std::string resets_in;     ///< the same as seconds from now
};

/// What came of one attempt.
struct Outcome {
  std::optional<int> status;                             ///< of a complete head
  std::optional<ErrorCode> transport;                    ///< of a failure without one
  bool stale_connection = false;                         ///< a pooled connection was dead: nothing was processed
  std::optional<std::chrono::milliseconds> retry_after;  ///< what the upstream asked for, from asked_wait()
  std::optional<bool> upstream_advice;                   ///< its `x-should-retry`
  ErrorFacts body;                                       ///< with a status of 400 and above, or a short JSON answer
};

}  // namespace tidegate::policy
