#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tidegate::policy {

/// How long the upstream asks to wait: `retry-after-ms` (OpenAI; fractions allowed) before `Retry-After` (RFC 9110
/// §10.2.3: seconds, here with fractions too, or an HTTP date, against `now`). Empty views mean the field is absent.
/// Nothing when neither is there or readable; never negative; at most 24 h.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view retry_after_ms,
                                                           std::string_view retry_after,
                                                           std::chrono::system_clock::time_point now);

/// An HTTP date in one of the three forms of RFC 9110 §5.6.7, as seconds since the epoch.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace tidegate::policy
