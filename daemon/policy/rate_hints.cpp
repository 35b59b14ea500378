#include "daemon/policy/rate_hints.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "common/ascii.h"
#include "daemon/policy/rate_limit_fields.h"
#include "daemon/policy/reset_time.h"
#include "daemon/policy/retry_after.h"

namespace tidegate::policy {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::string_view find(const std::vector<Header>& headers, std::string_view name) noexcept {
  for (const auto& header : headers)
    if (iequals(header.name, name)) return header.value;
  return {};
}

// A whole number; a fraction behind it, which some send, is cut off.
std::optional<std::uint64_t> count(std::string_view text) noexcept {
  return parse_u64(trim(text.substr(0, text.find('.'))));
}

// The names under which one provider tells one limit.
struct Family {
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
};
constexpr std::array<Family, 3> kRequests{{
    {"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
    {"anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining",
     "anthropic-ratelimit-requests-reset"},
    {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"},
}};
constexpr std::array<Family, 5> kTokens{{
    {"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
    {"anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"},
    {"anthropic-ratelimit-input-tokens-limit", "anthropic-ratelimit-input-tokens-remaining",
     "anthropic-ratelimit-input-tokens-reset"},
    {"anthropic-ratelimit-output-tokens-limit", "anthropic-ratelimit-output-tokens-remaining",
     "anthropic-ratelimit-output-tokens-reset"},
    {"x-tokenlimit-limit", "x-tokenlimit-remaining", "x-tokenlimit-reset"},
}};

RateHint read(const std::vector<Header>& headers, const Family& family, system_clock::time_point now) {
  RateHint hint;
  hint.limit = count(find(headers, family.limit));
  hint.remaining = count(find(headers, family.remaining));
  hint.reset_after = parse_reset(find(headers, family.reset), now);
  return hint;
}

}  // namespace

RateHints parse_rate_hints(const std::vector<Header>& headers, system_clock::time_point now) {
  RateHints hints;
  // Most answers tell nothing: one pass finds that out.
  const bool any = std::any_of(headers.begin(), headers.end(), [](const Header& header) {
    return istarts_with(header.name, "x-ratelimit") || istarts_with(header.name, "ratelimit") ||
           istarts_with(header.name, "anthropic-ratelimit") || istarts_with(header.name, "x-tokenlimit");
  });
  if (!any) return hints;
  for (const auto& family : kRequests) keep_nearest(hints.requests, read(headers, family, now));
  for (const auto& family : kTokens) keep_nearest(hints.tokens, read(headers, family, now));
  read_rate_limit_fields(
      {find(headers, "ratelimit"), find(headers, "ratelimit-policy"), find(headers, "ratelimit-limit"),
       find(headers, "ratelimit-remaining"), find(headers, "ratelimit-reset")},
      now, hints);
  return hints;
}

std::optional<milliseconds> asked_wait(const std::vector<Header>& headers, const ErrorFacts& body,
                                       system_clock::time_point now) {
  if (const auto wait = parse_retry_after(find(headers, "retry-after-ms"), find(headers, "retry-after"), now))
    return wait;
  if (const auto wait = parse_span(body.resets_in)) return wait;
  if (const auto wait = parse_reset(body.resets_at, now)) return wait;
  if (const auto wait = wait_in_text(body.text)) return wait;
  const auto hints = parse_rate_hints(headers, now);
  std::optional<milliseconds> wait;
  for (const auto* hint : {&hints.requests, &hints.tokens})
    if (hint->remaining == 0U && hint->reset_after) wait = std::max(wait.value_or(milliseconds(0)), *hint->reset_after);
  return wait;
}

}  // namespace tidegate::policy
