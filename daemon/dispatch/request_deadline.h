#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/error.h"
#include "daemon/platform/clock.h"

namespace tidegate::dispatch {

/// Until when a request may go on; max() is for ever.
struct Deadline {
  /// The client's own word: whatever has come by then, it is over.
  TimePoint end = TimePoint::max();
  /// When the client's SDK is about to give up unless an answer has begun. No attempt is ended by it: it may come yet.
  TimePoint first_byte = TimePoint::max();

  [[nodiscard]] bool over() const noexcept { return end != TimePoint::max() && Clock::now() >= end; }
};

/// What `X-Tidegate-Deadline-Ms` may say.
inline constexpr std::chrono::milliseconds kShortestDeadline{1};
inline constexpr std::chrono::milliseconds kLongestDeadline{std::chrono::hours(24)};

/// An SDK is answered so much before it gives up: a tenth of its patience, at most this.
inline constexpr std::chrono::milliseconds kLongestSdkMargin{1000};

/// The fields of a request that speak of its time; without data() where they are absent.
struct DeadlineFields {
  std::string_view deadline_ms;   ///< X-Tidegate-Deadline-Ms: whole milliseconds
  std::string_view timeout;       ///< x-stainless-timeout: seconds, whole ones from Node, with a fraction from Python
  std::string_view read_timeout;  ///< x-stainless-read-timeout: the same of Python's SDKs
};

/// The deadlines of a request that came in at `started`. Error bad_request on an X-Tidegate-Deadline-Ms that is no
/// whole number or out of bounds. The SDKs' fields are hints that their users do not see: what cannot be read is passed
/// over, and of two the shorter counts.
Result<Deadline> request_deadline(const DeadlineFields& fields, TimePoint started);

}  // namespace tidegate::dispatch
