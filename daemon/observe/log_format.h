#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "daemon/observe/logging.h"

namespace tidegate::observe {

/// How a line begins: journald adds its own time and reads a priority (`<4>`, sd-daemon(3)).
enum class LineStart { time, journal_priority };

/// Takes secrets out of one piece of text: gives the text itself where it holds none, else what it made in `room`. Each
/// piece is cleaned before it is escaped: an escaped secret would not be recognised.
using Redactor = std::string_view (*)(std::string_view text, std::string& room);

struct LogLine {
  std::chrono::system_clock::time_point time;
  LogLevel level;
  std::string_view message;
  Fields fields;
};

/// `2026-01-02T03:04:05.678Z info  message key=value`, without a line end.
std::string render_text(const LogLine& line, LineStart start, Redactor redact);

/// `{"time":"…","level":"info","message":"…","key":value}`, without a line end.
std::string render_json(const LogLine& line, Redactor redact);

}  // namespace tidegate::observe
