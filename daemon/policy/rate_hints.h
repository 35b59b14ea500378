#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/http_header.h"
#include "daemon/policy/outcome.h"

namespace tidegate::policy {

/// One limit as the upstream tells it; what it does not tell is absent.
struct RateHint {
  std::optional<std::uint64_t> limit;                    ///< in one window
  std::optional<std::uint64_t> remaining;                ///< of it
  std::optional<std::chrono::milliseconds> reset_after;  ///< until it is whole again, at most 24 h
  std::optional<std::chrono::milliseconds> window;       ///< its length (IETF policies only)

  [[nodiscard]] bool empty() const noexcept { return !limit && !remaining && !reset_after; }
  bool operator==(const RateHint&) const = default;
};

/// The limits on requests and on tokens; of several, the one that is nearest to being used up.
struct RateHints {
  RateHint requests;
  RateHint tokens;
  bool operator==(const RateHints&) const = default;
};

/// Reads the limits from the header fields of any answer, good or bad:
/// - OpenAI, Azure, Groq: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, resets as "6m0s", "20ms", "1.5" (s)
/// - Anthropic: `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, RFC 3339
/// - OpenRouter, Together and many: `x-ratelimit-{limit,remaining,reset}`, resets in seconds or as an epoch;
///   Together's `x-tokenlimit-{limit,remaining}`
/// - IETF: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-08 and later: `"name";r=50;t=30`
/// and
///   `"name";q=100;w=60`; -07: `limit=100, remaining=50, reset=5`); `RateLimit-{Limit,Remaining,Reset}` (-06 and
///   before)
/// What cannot be read is taken as absent. Bounded in time by the fields' size.
RateHints parse_rate_hints(const std::vector<Header>& headers, std::chrono::system_clock::time_point now);

/// How long the upstream asks to wait after a failure: `retry-after-ms` and `Retry-After`, else what the body names
/// (resets_at, seconds, "try again in 20s"), else the reset of a limit that is used up. At most 24 h.
std::optional<std::chrono::milliseconds> asked_wait(const std::vector<Header>& headers, const ErrorFacts& body,
                                                    std::chrono::system_clock::time_point now);

}  // namespace tidegate::policy
