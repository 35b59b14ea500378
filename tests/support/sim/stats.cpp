#include "tests/support/sim/stats.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

namespace tidegate::sim {

Stats::ConnectionId Stats::connection_opened() {
  ++opened_;
  open_.emplace(++last_id_, 0);
  return last_id_;
}

void Stats::connection_closed(ConnectionId id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  if (closed_.size() == kMaxClosedConnections) closed_.pop_front();
  if (found->second > 0) closed_.push_back(found->second);
  open_.erase(found);
}

void Stats::connection_observes(ConnectionId id) {
  if (open_.erase(id) > 0 && id >= first_counted_id_) --opened_;
}

void Stats::count(Counts& counts, std::string_view name) {
  auto found = counts.find(name);
  if (found == counts.end())
    found = counts.emplace(counts.size() < kMaxNames ? std::string(name) : std::string("other"), 0).first;
  ++found->second;
}

void Stats::request_begins(ConnectionId id, const Request& request) {
  ++requests_;
  peak_in_flight_ = std::max(peak_in_flight_, ++in_flight_);
  if (const auto found = open_.find(id); found != open_.end()) ++found->second;
  count(by_path_, request.path());
  if (const auto gateway = request.header("x-tidegate-gateway")) count(by_gateway_, *gateway);
}

void Stats::request_ends(int status, bool aborted) {
  --in_flight_;
  if (status != 0) count(by_status_, std::to_string(status));
  if (aborted) ++aborted_;
}

void Stats::reset() {
  requests_ = aborted_ = opened_ = 0;
  peak_in_flight_ = in_flight_;
  first_counted_id_ = last_id_ + 1;
  by_gateway_.clear();
  by_path_.clear();
  by_status_.clear();
  closed_.clear();
  for (auto& [id, requests] : open_) requests = 0;
}

Json Stats::to_json() const {
  std::vector<std::uint64_t> per_connection(closed_.begin(), closed_.end());
  for (const auto& [id, requests] : open_)
    if (requests > 0) per_connection.push_back(requests);
  std::sort(per_connection.rbegin(), per_connection.rend());
  per_connection.resize(std::min(per_connection.size(), kMaxListed));
  const auto most = per_connection.empty() ? 0 : per_connection.front();
  const auto object = [](const Counts& counts) {
    auto out = Json::object();
    for (const auto& [name, value] : counts) out[name] = value;
    return out;
  };
  return {{"requests", requests_},
          {"by_gateway", object(by_gateway_)},
          {"by_path", object(by_path_)},
          {"by_status", object(by_status_)},
          {"connections",
           {{"opened", opened_},
            {"open", open_.size()},
            {"max_requests", most},
            {"requests_per_connection", per_connection}}},
          {"aborted", aborted_},
          {"in_flight", in_flight_},
          {"peak_in_flight", peak_in_flight_}};
}

}  // namespace tidegate::sim
