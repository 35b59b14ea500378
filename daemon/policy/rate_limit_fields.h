#pragma once

#include <chrono>
#include <string_view>

#include "daemon/policy/rate_hints.h"

namespace tidegate::policy {

/// The values of the IETF's fields; empty where a field is absent.
struct RateLimitFields {
  std::string_view rate_limit{};  ///< `RateLimit`
  std::string_view policy{};      ///< `RateLimit-Policy`
  std::string_view limit{};       ///< `RateLimit-Limit`, and the two below: drafts up to -06
  std::string_view remaining{};
  std::string_view reset{};
};

/// Of the many items of such a field so many are read.
inline constexpr std::size_t kMaxRateLimitItems = 16;

/// Reads draft-ietf-httpapi-ratelimit-headers in the forms of -03 to -10 into `hints`. Policies whose unit (`qu`) is
/// "tokens" go into its tokens, other units than that and "requests" are left out.
void read_rate_limit_fields(const RateLimitFields& fields, std::chrono::system_clock::time_point now, RateHints& hints);

/// Keeps in `kept` whichever of the two is nearer to being used up.
void keep_nearest(RateHint& kept, const RateHint& other) noexcept;

}  // namespace tidegate::policy
