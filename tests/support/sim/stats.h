#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/support/sim/json_text.h"
#include "tests/support/sim/request.h"

namespace tidegate::sim {

/// What was asked of the simulator, for `GET /stats`. A connection whose first request only looks (`/stats`, `/last`,
/// `/raw`) is an observer's: it is not counted, nor are its requests.
class Stats {
 public:
  static constexpr std::size_t kMaxNames = 1'000;               ///< per map; all further names count as "other"
  static constexpr std::size_t kMaxClosedConnections = 10'000;  ///< whose numbers of requests are kept

  static constexpr std::size_t kMaxListed = 100;  ///< of these numbers, the highest are told

  using ConnectionId = std::uint64_t;

  ConnectionId connection_opened();
  void connection_closed(ConnectionId id);
  /// The connection turned out to be an observer's.
  void connection_observes(ConnectionId id);

  void request_begins(ConnectionId id, const Request& request);
  /// `aborted`: the client hung up before the answer had ended. `status` 0: nothing with a status was sent.
  void request_ends(int status, bool aborted);

  /// Begins anew; what is open or in flight stays so.
  void reset();
  [[nodiscard]] Json to_json() const;

 private:
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  static void count(Counts& counts, std::string_view name);

  std::uint64_t requests_ = 0;
  std::uint64_t aborted_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t peak_in_flight_ = 0;
  std::uint64_t opened_ = 0;
  ConnectionId last_id_ = 0;
  ConnectionId first_counted_id_ = 1;  ///< connections with a lower id were opened before the last reset
  Counts by_gateway_;
  Counts by_path_;
  Counts by_status_;
  std::unordered_map<ConnectionId, std::uint64_t> open_;  ///< requests on each open connection
  std::deque<std::uint64_t> closed_;                      ///< requests on each connection that was closed
};

}  // namespace tidegate::sim
