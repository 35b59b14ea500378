#include "daemon/dispatch/attempts.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "common/duration.h"
#include "daemon/dispatch/gate_pass.h"
#include "daemon/observe/logging.h"
#include "daemon/policy/judge.h"

namespace tidegate::dispatch {

using observe::ExchangeRecord;
using policy::Verdict;
using std::chrono::milliseconds;

namespace {

Error client_gone() { return {ErrorCode::client_gone, "the client hung up"}; }

// For people, in /v1/exchanges and status.
std::string_view describe(WaitReason reason) noexcept {
  switch (reason) {
    case WaitReason::rate_limit: return "the proxy's rate limit";
    case WaitReason::circuit_open: return "the proxy, which does not answer";
    case WaitReason::concurrency: return "a call to end: the proxy bears no more at once";
    case WaitReason::slot:
    case WaitReason::none: break;
  }
  return "its turn (upstream.maxInFlight)";
}

}  // namespace

Attempts::Attempts(Dispatcher& dispatcher, Exchange& exchange)
    : shared_(dispatcher), exchange_(exchange), place_(dispatcher.queue.arrive()) {
  const auto& record = exchange.entry.record();
  place_.client = record.client;
  place_.weight = exchange.weight;
  place_.session = exchange.session;
  place_.priority = exchange.priority;
  place_.model = record.model;
  place_.exchange = record.id;
  exchange.entry.record().deadline = deadline();
}

TimePoint Attempts::deadline() const noexcept {
  const auto longest = exchange_.started + exchange_.snapshot->settings.queue.max_wait;
  return std::min({TimePoint(longest), exchange_.deadline.end, exchange_.deadline.first_byte});
}

Error Attempts::too_late() const {
  const auto waited = human_duration(std::chrono::duration_cast<milliseconds>(Clock::now() - exchange_.started));
  if (unreachable_)
    return {unreachable_->code, fmt::format("{} (tried {} times in {})", unreachable_->message, count_, waited)};
  if (exchange_.deadline.over())
    return {ErrorCode::deadline_exceeded,
            fmt::format("the request's deadline passed after {} (X-Tidegate-Deadline-Ms) {}", waited,
                        count_ == 0 ? "before it got its turn" : "before its answer had begun")};
  if (Clock::now() >= exchange_.deadline.first_byte)
    return {ErrorCode::queue_timeout,
            fmt::format("the request waited {} without getting its turn, and its client waits no longer "
                        "(x-stainless-timeout)",
                        waited)};
  return {ErrorCode::queue_timeout,
          fmt::format("the request waited {} in the queue (queue.maxWait) without getting its turn",
                      human_duration(exchange_.snapshot->settings.queue.max_wait))};
}

Task<Result<Answer>> Attempts::run() {
  shared_.budget.request(Clock::now().time_since_epoch());
  while (true) {
    Result<Slot> slot = co_await wait_for_slot();
    if (!slot) co_return slot.error();

    exchange_.entry.record().attempts = ++count_;
    const auto started = Clock::now();
    exchange_.entry.enter(ExchangeRecord::State::waiting, started);
    GatePass pass(shared_.gate, shared_.queue, place_.model, *slot);
    AnswerCheck check(shared_.upstream.start(request(), exchange_.wakeup));
    co_await wait_for_answer(check);
    if (exchange_.client_gone()) co_return client_gone();
    if (exchange_.deadline.over() && !check.ready()) co_return too_late();

    const auto outcome = check.outcome(std::chrono::system_clock::now());
    const auto decision = decide(outcome, started);
    note(check, outcome, Clock::now() - started);
    pass.answered(check, outcome, decision.judgement, Clock::now() - started);
    if (decision.verdict != Verdict::retry) {
      if (!outcome.status) co_return *check.stream().error();
      Answer answer{std::move(*slot), check.release(), decision.verdict, {}};
      if (decision.verdict != Verdict::success)
        answer.advice =
            policy::client_advice(decision, outcome, suggested_wait(shared_.queue, shared_.upstream.typical_latency()));
      co_return answer;
    }
    ++shared_.counters.requests.retried;
    const auto* error = check.stream().error();
    if (outcome.transport == ErrorCode::upstream_unreachable) unreachable_ = *error;
    observe::log_debug("attempt failed, will be repeated",
                       {{"exchange", exchange_.id},
                        {"attempt", count_},
                        {"status", outcome.status.value_or(0)},
                        {"reason", policy::reason_name(decision.judgement.reason)},
                        {"error", error != nullptr ? error->message : outcome.body.text},
                        {"wait", format_duration(decision.wait)}});
    check.drop();  // whole in nearly all cases, and then its connection is used again
    slot->release();
    co_await back_off(decision.wait);
    if (exchange_.client_gone()) co_return client_gone();
  }
}

upstream::Request Attempts::request() const {
  upstream::Request request;
  request.method = exchange_.method;
  request.target = exchange_.target;
  request.headers = exchange_.headers;
  request.body = exchange_.body;
  request.read_ahead = !exchange_.stream;
  return request;
}

Task<Result<Slot>> Attempts::wait_for_slot() {
  WaitQueue::Ticket ticket(shared_.queue, place_, exchange_.wakeup);
  if (!ticket.ready()) {
    const auto since = Clock::now();
    exchange_.entry.enter(ExchangeRecord::State::queued, since);
    while (!ticket.ready() && !exchange_.client_gone() && Clock::now() < deadline()) {
      exchange_.entry.set_waiting_for(describe(ticket.reason(Clock::now())));
      exchange_.entry.record().deadline = deadline();
      co_await exchange_.wait(deadline());
    }
    queued_ += Clock::now() - since;
  }
  if (exchange_.client_gone()) co_return client_gone();
  if (!ticket.ready() || exchange_.deadline.over()) co_return too_late();
  place_.had_turn = true;
  co_return ticket.take();
}

// A failure says in its body what kind it is, but one that never ends is judged by its status.
Task<> Attempts::wait_for_answer(AnswerCheck& check) {
  auto until = exchange_.deadline.end;
  bool failed = false;
  while (!check.ready() && !exchange_.client_gone() && Clock::now() < until) {
    if (!failed && check.failed()) {
      failed = true;
      until = std::min(until, Clock::now() + kErrorBodyTime);
    }
    co_await exchange_.wait(until);
  }
}

void Attempts::note(const AnswerCheck& check, const policy::Outcome& outcome, Clock::duration latency) {
  if (outcome.status)
    shared_.upstream.note_answer(policy::effective_status(outcome), latency, check.stream().head()->http_version);
  else
    shared_.upstream.note_failure(*check.stream().error());
}

policy::Decision Attempts::decide(const policy::Outcome& outcome, TimePoint started) {
  const auto now = Clock::now();
  const auto& retry = exchange_.snapshot->settings.retry;
  policy::RetryOptions options{retry.max_attempts, retry.backoff_initial, retry.backoff_max};
  const auto left = std::chrono::duration_cast<milliseconds>(deadline() - now);
  const double random = std::uniform_real_distribution<double>(0.0, 1.0)(shared_.random);
  // What reached nobody is no try, and no load for the proxy: the request waits for its return to its own deadline.
  if (outcome.transport == ErrorCode::upstream_unreachable) {
    options.max_attempts = std::numeric_limits<std::uint32_t>::max();
    return policy::decide(options, outcome, ++unreached_, left, random);
  }
  tries_.began(started.time_since_epoch());
  auto decision = policy::decide(options, outcome, tries_.count(), left, random, tries_.wait(now.time_since_epoch()));
  // To replace a kept connection that had died is no load for the proxy, and a restart of it kills all at once.
  const bool free = outcome.stale_connection && tries_.count() == 1;
  if (decision.verdict == Verdict::retry && !free && !shared_.budget.take(now.time_since_epoch()))
    decision.verdict = Verdict::budget_spent;
  return decision;
}

Task<> Attempts::back_off(milliseconds wait) {
  const auto until = Clock::now() + wait;
  exchange_.entry.enter(ExchangeRecord::State::backing_off, Clock::now());
  exchange_.entry.set_waiting_for(fmt::format("attempt {} in {}", count_ + 1, human_duration(wait)));
  while (Clock::now() < until && !exchange_.client_gone()) co_await exchange_.wait(until);
}

milliseconds suggested_wait(const WaitQueue& queue, milliseconds typical_latency) noexcept {
  constexpr milliseconds kShortest{1'000};
  constexpr milliseconds kLongest{30'000};
  const auto rounds = static_cast<std::int64_t>(queue.depth() / std::max(queue.bounds().max_in_flight, 1U)) + 1;
  return std::clamp(typical_latency * rounds, kShortest, kLongest);
}

}  // namespace tidegate::dispatch
