#include "daemon/dispatch/attempts.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/duration.h"
#include "daemon/observe/logging.h"
#include "daemon/policy/retry_after.h"

namespace tidegate::dispatch {

using observe::ExchangeRecord;
using policy::Verdict;
using std::chrono::milliseconds;

namespace {

Error client_gone() { return {ErrorCode::client_gone, "the client hung up"}; }

}  // namespace

Attempts::Attempts(Dispatcher& dispatcher, Exchange& exchange)
    : shared_(dispatcher),
      exchange_(exchange),
      deadline_(exchange.started + exchange.snapshot->settings.queue.max_wait),
      arrival_(dispatcher.queue.arrive()) {
  exchange.entry.record().deadline = deadline_;
}

Task<Result<Answer>> Attempts::run() {
  shared_.budget.request(Clock::now().time_since_epoch());
  while (true) {
    Result<Slot> slot = co_await wait_for_slot();
    if (!slot) co_return slot.error();

    exchange_.entry.record().attempts = ++count_;
    exchange_.entry.enter(ExchangeRecord::State::waiting, Clock::now());
    upstream::Request request;
    request.method = exchange_.method;
    request.target = exchange_.target;
    request.headers = exchange_.headers;
    request.body = exchange_.body;
    request.read_ahead = !exchange_.stream;
    const auto started = Clock::now();
    auto stream = shared_.upstream.start(std::move(request), exchange_.wakeup);
    co_await wait_for_answer(*stream);
    if (exchange_.client_gone()) co_return client_gone();

    const auto outcome = judge(*stream);
    if (outcome.status)
      shared_.upstream.note_answer(*outcome.status, Clock::now() - started, stream->head()->http_version);
    else
      shared_.upstream.note_failure(*stream->error());

    const auto decision = decide(outcome);
    if (decision.verdict != Verdict::retry) {
      if (!outcome.status) co_return *stream->error();
      Answer answer{std::move(*slot), std::move(stream), decision.verdict};
      co_return answer;
    }
    ++shared_.counters.requests.retried;
    observe::log_debug("attempt failed, will be repeated",
                       {{"exchange", exchange_.id},
                        {"attempt", count_},
                        {"status", outcome.status.value_or(0)},
                        {"error", stream->error() != nullptr ? stream->error()->message : std::string()},
                        {"wait", format_duration(decision.wait)}});
    co_await drain(std::move(stream));
    slot->release();
    co_await back_off(decision.wait);
    if (exchange_.client_gone()) co_return client_gone();
  }
}

Task<Result<Slot>> Attempts::wait_for_slot() {
  WaitQueue::Ticket ticket(shared_.queue, arrival_, exchange_.wakeup);
  if (!ticket.ready()) {
    const auto since = Clock::now();
    exchange_.entry.enter(ExchangeRecord::State::queued, since);
    exchange_.entry.set_waiting_for("a free slot (upstream.maxInFlight)");
    while (!ticket.ready() && !exchange_.client_gone() && Clock::now() < deadline_)
      co_await exchange_.wakeup.wait(deadline_);
    queued_ += Clock::now() - since;
  }
  if (exchange_.client_gone()) co_return client_gone();
  if (!ticket.ready()) {
    Error late{ErrorCode::queue_timeout,
               fmt::format("the request waited {} in the queue (queue.maxWait) without getting its turn",
                           human_duration(exchange_.snapshot->settings.queue.max_wait))};
    co_return late;
  }
  co_return ticket.take();
}

// An answer may be passed on once its first bytes are there; a short sized one when it is whole, so that one that
// breaks off can still be repeated.
bool Attempts::worth_passing_on(const upstream::ResponseStream& stream) {
  if (stream.done()) return true;
  const auto* head = stream.head();
  if (head == nullptr || stream.available() == 0) return false;
  const bool events = istarts_with(head->find("content-type"), "text/event-stream");
  return events || !head->content_length || *head->content_length > kHeldAnswer;
}

Task<> Attempts::wait_for_answer(upstream::ResponseStream& stream) {
  while (!worth_passing_on(stream) && !exchange_.client_gone()) co_await exchange_.wakeup.wait();
}

policy::Outcome Attempts::judge(const upstream::ResponseStream& stream) const {
  policy::Outcome outcome;
  outcome.stale_connection = stream.info().stale_connection;
  if (stream.error() != nullptr) {
    outcome.transport = stream.error()->code;
    return outcome;
  }
  const auto& head = *stream.head();
  outcome.status = head.status;
  if (head.status >= 400) {
    outcome.retry_after = policy::parse_retry_after(head.find("retry-after-ms"), head.find("retry-after"),
                                                    std::chrono::system_clock::now());
    const auto advice = head.find("x-should-retry");
    if (iequals(advice, "true")) outcome.upstream_advice = true;
    if (iequals(advice, "false")) outcome.upstream_advice = false;
  }
  return outcome;
}

policy::Decision Attempts::decide(const policy::Outcome& outcome) {
  const auto& retry = exchange_.snapshot->settings.retry;
  const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - Clock::now());
  const double random = std::uniform_real_distribution<double>(0.0, 1.0)(shared_.random);
  auto decision =
      policy::decide({retry.max_attempts, retry.backoff_initial, retry.backoff_max}, outcome, count_, left, random);
  // To replace a kept connection that had died is no load for the proxy, and a restart of it kills all at once.
  const bool free = outcome.stale_connection && count_ == 1;
  if (decision.verdict == Verdict::retry && !free && !shared_.budget.take(Clock::now().time_since_epoch()))
    decision.verdict = Verdict::budget_spent;
  return decision;
}

// Reads what is left of a failed answer, which is mostly there already: a connection in mid-answer cannot be reused.
Task<> Attempts::drain(std::unique_ptr<upstream::ResponseStream> stream) {
  const auto until = Clock::now() + kDrainTime;
  std::string dropped;
  std::size_t bytes = 0;
  while (!stream->done() && !exchange_.client_gone() && Clock::now() < until && bytes < kHeldAnswer) {
    bytes += stream->available();
    if (stream->available() > 0) stream->take(dropped);
    if (!stream->done()) co_await exchange_.wakeup.wait(until);
  }
}

Task<> Attempts::back_off(milliseconds wait) {
  const auto until = Clock::now() + wait;
  exchange_.entry.enter(ExchangeRecord::State::backing_off, Clock::now());
  exchange_.entry.set_waiting_for(fmt::format("attempt {} in {}", count_ + 1, human_duration(wait)));
  while (Clock::now() < until && !exchange_.client_gone()) co_await exchange_.wakeup.wait(until);
}

milliseconds suggested_wait(const WaitQueue& queue, const observe::Percentiles& latency) noexcept {
  constexpr milliseconds kShortest{1'000};
  constexpr milliseconds kLongest{30'000};
  const auto rounds = static_cast<std::int64_t>(queue.depth() / std::max(queue.bounds().max_in_flight, 1U)) + 1;
  return std::clamp(milliseconds(latency.p50.count() * rounds), kShortest, kLongest);
}

}  // namespace tidegate::dispatch
