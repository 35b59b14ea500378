#include "tests/simulation/gateway_model.h"

#include <algorithm>
#include <cmath>

#include "daemon/policy/retry_policy.h"

namespace tidegate::simulation {
namespace {

using std::chrono::milliseconds;
constexpr std::uint32_t kMostTries = 6;
constexpr std::uint32_t kSdkTries = 3;
constexpr std::chrono::seconds kLetOthersGo{30};

Time to_time(double seconds) { return std::chrono::duration_cast<Time>(std::chrono::duration<double>(seconds)); }

policy::Pacer::Options options_of(const Scenario& scenario) {
  policy::Pacer::Options options;
  if (scenario.knowledge == Knowledge::configured) options.per_minute = static_cast<std::uint32_t>(scenario.per_minute);
  return options;
}

}  // namespace

GatewayModel::GatewayModel(const Scenario& scenario, Time now, Random& random)
    : scenario_(&scenario),
      gap_s_(60 / (scenario.per_minute * scenario.demand)),
      paced_(scenario.knowledge != Knowledge::sdk),
      pacer_(options_of(scenario)),
      arrival_(now) {
  take_arrival(random);
}

void GatewayModel::take_arrival(Random& random) { arrival_ += to_time(random.exponential(gap_s_)); }

// What is not served within its deadline because demand exceeds the limit leaves the queue here.
void GatewayModel::drop_expired(Time now, Random& random) {
  while (arrival_ + Scenario::kDeadline <= now) take_arrival(random);
  std::erase_if(again_, [now](const Request& each) { return each.arrival + Scenario::kDeadline <= now; });
}

std::optional<Request> GatewayModel::next(Time now, Random& random) {
  drop_expired(now, random);
  if (paced_ && !pacer_.may_start(now)) return std::nullopt;
  const auto due =
      std::find_if(again_.begin(), again_.end(), [now](const auto& each) { return each.not_before <= now; });
  Request request;
  if (due != again_.end() && (!paced_ || budget_.take(now))) {
    request = *due;
    again_.erase(due);
  } else if (arrival_ <= now) {
    request.arrival = arrival_;
    take_arrival(random);
    budget_.request(now);
  } else {
    return std::nullopt;
  }
  pacer_.started(now, random.uniform());
  return request;
}

std::optional<Time> GatewayModel::wake(Time now) {
  if (paced_ && !pacer_.has_room()) return std::nullopt;
  auto ready = arrival_;
  for (const auto& each : again_) {
    // A retry that is due but has no budget waits for it; a second is the budget's own grain.
    ready = std::min(ready, each.not_before <= now && arrival_ > now ? now + std::chrono::seconds(1) : each.not_before);
  }
  if (paced_) ready = std::max(ready, pacer_.earliest(now));
  return std::max(ready, now);
}

void GatewayModel::answered(Time now, Time started, const Request& request, const ProxyAnswer& answer, Random& random) {
  const bool probe = pacer_.upstream_down();
  policy::PaceAnswer heard;
  heard.signal = answer.status == 200   ? policy::Signal::ok
                 : answer.status == 429 ? policy::Signal::rate_limited
                                        : policy::Signal::overloaded;
  heard.latency = now - started;
  heard.retry_after = answer.retry_after;
  heard.requests.remaining = answer.remaining;
  heard.requests.reset_after = answer.reset;
  pacer_.answered(now, heard, random.uniform());
  pacer_.finished();
  if (answer.status != 200) retry_later(now, request, answer, probe, random);
}

void GatewayModel::retry_later(Time now, Request request, const ProxyAnswer& answer, bool probe, Random& random) {
  // A probe of a dead upstream is no try of the request that it borrowed.
  if (!probe || !paced_) ++request.tries;
  policy::RetryOptions options;
  options.max_attempts = paced_ ? kMostTries : kSdkTries;
  policy::Outcome outcome;
  outcome.status = answer.status;
  outcome.retry_after = answer.retry_after;
  const auto left = std::chrono::floor<milliseconds>(request.arrival + Scenario::kDeadline - now);
  const auto decision = policy::decide(options, outcome, std::max(request.tries, 1U), left, random.uniform());
  if (decision.verdict == policy::Verdict::attempts_spent) {
    ++lost_;
    return;
  }
  request.not_before = now + decision.wait;
  // Who has few tries left lets others go while the limit is only being learned.
  if (paced_ && !pacer_.calm() && request.tries >= kMostTries / 2)
    request.not_before += kLetOthersGo * (request.tries - kMostTries / 2 + 1);
  const auto place =
      std::find_if(again_.begin(), again_.end(), [&](const auto& each) { return each.arrival > request.arrival; });
  again_.insert(place, request);
}

}  // namespace tidegate::simulation
