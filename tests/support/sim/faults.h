#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.h"

namespace tidegate::sim {

/// Everything that can go wrong with one answer; README.md tells what each does.
struct Faults {
  // Another answer in place of the right one.
  std::optional<int> status;
  std::optional<std::string> retry_after;
  std::optional<std::string> retry_after_ms;
  std::optional<std::uint64_t> per_minute;
  std::optional<std::string> redirect;
  bool quote_key = false;
  bool error_in_200 = false;

  // Before and around the head.
  std::optional<std::chrono::milliseconds> delay;
  std::optional<std::chrono::milliseconds> slow_head;  ///< between two bytes
  std::optional<std::string> bad_status;
  std::optional<std::uint64_t> big_head;
  bool reset = false;
  bool close = false;
  bool silence = false;
  bool http09 = false;
  bool double_length = false;
  bool negative_length = false;
  bool endless_head = false;
  bool hop_headers = false;

  // How the body travels.
  std::optional<std::uint64_t> truncate;
  std::optional<std::uint64_t> reset_after;
  std::optional<std::uint64_t> cut_after;
  std::optional<std::uint64_t> stall_after;
  std::optional<std::uint64_t> malformed_chunk;
  std::optional<std::uint64_t> split;
  bool close_delimited = false;
  bool close_delimited_cut = false;
  bool trailers = false;
  bool gzip = false;

  // What the body says.
  std::optional<std::uint64_t> error_chunk;
  std::optional<std::uint64_t> bad_event;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> chunk;
  std::optional<std::uint64_t> tokens;
  std::optional<std::chrono::milliseconds> token_delay;
  std::optional<std::chrono::milliseconds> first_token_delay;
  std::optional<std::string> raw_sse;
  bool no_finish = false;
  bool no_done = false;
};

struct FaultKind;

/// Faults that come together, and for how many requests: `status=503,retry-after=1,times=2`.
struct FaultGroup {
  std::string text;  ///< as it was written; tells groups apart when they are counted
  std::vector<std::pair<const FaultKind*, std::string>> items;
  std::optional<std::uint64_t> times;

  void apply(Faults& faults) const;
};

/// Reads `NAME[=VALUE],…;NAME:VALUE,…`: a comma joins faults to a group, a semicolon begins the next group.
Result<std::vector<FaultGroup>> parse_faults(std::string_view text);

/// The part of a model's name that names faults: `fault-status=503` gives `status=503`; nothing for other models.
std::optional<std::string_view> faults_in_model(std::string_view model);

}  // namespace tidegate::sim
