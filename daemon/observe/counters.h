#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/error.h"
#include "daemon/observe/truncation.h"

namespace tidegate::observe {

inline constexpr std::size_t kErrorCodes = static_cast<std::size_t>(ErrorCode::internal) + 1;

/// Totals since the start. Loop thread only; whoever learns of an event counts it.
struct Counters {
  /// Each request that has ended is in exactly one of succeeded, failed, cancelled and truncated.
  struct Requests {
    std::uint64_t total = 0;      ///< taken in, running ones included
    std::uint64_t succeeded = 0;  ///< answered in full, whatever the upstream's status below 500
    std::uint64_t failed = 0;     ///< refused by us, or the upstream failed
    std::uint64_t cancelled = 0;  ///< the client went away
    std::uint64_t truncated = 0;  ///< the answer had begun and could not be finished
    std::uint64_t retried = 0;    ///< attempts beyond the first
  } requests;

  /// Event streams that were looked into and came to an end; those that their clients left are in neither.
  struct Streams {
    std::uint64_t complete = 0;
    std::array<std::uint64_t, kTruncations> truncated{};  ///< by reason; [none] stays 0
    std::uint64_t malformed_chunks = 0;                   ///< events that were no JSON, in any stream
    std::uint64_t terminal_added = 0;                     ///< complete but for their terminal event, which we added
    std::uint64_t heartbeats = 0;                         ///< signs of life sent to clients that wait

    [[nodiscard]] std::uint64_t truncated_by(Truncation reason) const noexcept {
      return truncated[static_cast<std::size_t>(reason)];
    }
  } streams;

  std::array<std::uint64_t, kErrorCodes> refusals{};

  void refused(ErrorCode code) noexcept { ++refusals[static_cast<std::size_t>(code)]; }
  [[nodiscard]] std::uint64_t refusals_for(ErrorCode code) const noexcept {
    return refusals[static_cast<std::size_t>(code)];
  }
};

}  // namespace tidegate::observe
