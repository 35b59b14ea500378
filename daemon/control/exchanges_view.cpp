#include <map>

#include "daemon/control/views.h"
#include "daemon/observe/rfc3339.h"

namespace tidegate::control {
namespace {

Json running(const observe::ExchangeRecord& record, TimePoint now) {
  return {{"id", record.id},
          {"client", record.client},
          {"method", record.method},
          {"path", record.path},
          {"model", record.model},
          {"stream", record.stream},
          {"state", to_string(record.state)},
          {"since_ms", as_ms(now - record.state_since)},
          {"age_ms", as_ms(now - record.started)},
          {"attempts", record.attempts},
          {"bytes_sent", record.bytes_sent},
          {"shared_with", record.shared_with.empty() ? Json(nullptr) : Json(record.shared_with)},
          {"client_left", record.client_left},
          {"waiting_for", record.waiting_for.empty() ? Json(nullptr) : Json(record.waiting_for)},
          {"deadline_in_ms", record.deadline == TimePoint::max() ? Json(nullptr) : Json(as_ms(record.deadline - now))}};
}

Json finished(const observe::FinishedExchange& exchange) {
  const auto& [record, end, total, at] = exchange;
  return {
      {"id", record.id},
      {"client", record.client},
      {"method", record.method},
      {"path", record.path},
      {"model", record.model},
      {"status", end.status == 0 ? Json(nullptr) : Json(end.status)},
      {"outcome", to_string(end.outcome)},
      {"truncated_by", end.truncation == observe::Truncation::none ? Json(nullptr) : Json(to_string(end.truncation))},
      {"attempts", record.attempts},
      {"queue_ms", end.queue_ms.count()},
      {"first_byte_ms", end.first_byte_ms ? Json(end.first_byte_ms->count()) : Json(nullptr)},
      {"total_ms", total.count()},
      {"bytes_sent", record.bytes_sent},
      {"shared_with", record.shared_with.empty() ? Json(nullptr) : Json(record.shared_with)},
      {"finished_at", observe::rfc3339(at)},
      {"error", end.error.empty() ? Json(nullptr) : Json(end.error)}};
}

}  // namespace

Json exchanges_view(const Sources& sources) {
  const auto now = Clock::now();
  Json view{{"running", Json::array()}, {"recent", Json::array()}};
  // Who waits for what is asked here: keeping it in each record would cost each arrival a walk over all.
  std::map<std::string_view, dispatch::WaitQueue::Waiting> waiting;
  for (const auto& waiter : sources.queue.waiters(now)) waiting.emplace(waiter.place->exchange, waiter.waiting);
  for (const auto& record : sources.exchanges.running()) {
    Json item = running(record, now);
    const auto found = waiting.find(record.id);
    const bool queued = found != waiting.end();
    item["position"] = queued ? Json(found->second.position) : Json(nullptr);
    item["waits_for"] = queued ? Json(dispatch::to_string(found->second.reason)) : Json(nullptr);
    item["not_before_ms"] = queued ? until_ms(found->second.until, now) : Json(nullptr);
    view["running"].push_back(std::move(item));
  }
  for (const auto* exchange : sources.exchanges.finished()) view["recent"].push_back(finished(*exchange));
  return view;
}

}  // namespace tidegate::control
