#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "common/http_header.h"
#include "daemon/policy/outcome.h"

namespace tidegate::dispatch {

/// Longer bodies are not looked into: an error says what it has to say in less.
inline constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10;
/// Arrays and objects within each other; deeper bodies count as text.
inline constexpr std::size_t kMaxErrorDepth = 32;
/// Of each text so much is kept.
inline constexpr std::size_t kMaxErrorText = 1024;

/// Reads what the table of verdicts looks at out of the body of an answer with `status`, or out of the data of one
/// event of a stream (with the stream's status, 200). Knows `{"error":{…}}`, `{"error":"text"}`,
/// `{"type":"error","error":…}`,
/// `{"message":…,"success":false}`, `{"detail":…}`, Gemini's list of one, plain text and HTML pages. A good answer is
/// only an error where `error` is neither null nor part of an object that has failed by itself (a response, a batch).
/// Never throws; what cannot be read leaves its fields empty. Cheap on good answers: those without the word are not
/// parsed.
policy::ErrorFacts read_error_body(std::string_view body, int status);

/// What an answer comes to for the table of verdicts: what read_error_body() finds (nothing in a compressed body), and
/// where it is a failure the wait and the advice in the header fields. `body` is the whole body, or empty where it is
/// not to be looked into: an event stream, or more than kMaxErrorBody.
policy::Outcome read_outcome(int status, const std::vector<Header>& headers, std::string_view body,
                             std::chrono::system_clock::time_point now);

}  // namespace tidegate::dispatch
