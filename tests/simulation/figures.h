#pragma once

#include <cstdint>
#include <optional>

namespace tidegate::simulation {

/// What came of one simulation, after the first two windows.
struct Figures {
  double useful = 0;        ///< admitted calls over what the limit (or the demand of those present, if less) allowed
  double refused = 0;       ///< calls answered 429 over all calls
  double fairness = 0;      ///< Jain's index over the gateways' admitted calls; 1 is equal
  std::uint64_t lost = 0;   ///< requests given up before their deadline
  std::uint64_t calls = 0;  ///< all, from the start

  /// With an outage.
  struct Outage {
    double calls = 0;          ///< call rate while it lasts, over the rate before
    double first_good_s = -1;  ///< from its end to the first good answer; -1: none
    double peak = 0;           ///< busiest second of the minute after it, over that minute's mean
    double peak_span_s = 1;    ///< the "second": longer where a second has too few calls for a mean to mean something
  };
  std::optional<Outage> outage;
};

}  // namespace tidegate::simulation
