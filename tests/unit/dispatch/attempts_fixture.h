#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/dispatch/attempts.h"
#include "tests/unit/dispatch/fake_transport.h"

namespace tidegate::dispatch {

/// Exchanges on their way to a fake upstream, under the manual clock.
struct AttemptsTest : testing::Test {
  /// One exchange and what came of it.
  struct Run {
    Run(AttemptsTest& test, const std::string& id, Deadline deadline = {})
        : wakeup(test.loop.get_executor()),
          entry(test.log.begin(id, "POST", "/v1/x", Clock::now())),
          exchange{.id = id,
                   .snapshot = std::make_shared<const config::Snapshot>(test.snapshot),
                   .method = "POST",
                   .target = "/v1/x?q=1",
                   .headers = {{"X-A", "b"}},
                   .body = std::make_shared<std::string>("{}"),
                   .stream = false,
                   .started = Clock::now(),
                   .deadline = deadline,
                   .wakeup = wakeup,
                   .client_gone = [this] { return gone; },
                   .entry = entry},
          attempts(test.dispatcher, exchange) {}

    void hang_up() {
      gone = true;
      wakeup.notify();
    }
    [[nodiscard]] bool finished() const { return result.has_value(); }
    [[nodiscard]] int status() const { return *result && (**result).stream ? (**result).stream->head()->status : 0; }
    [[nodiscard]] std::optional<ErrorCode> error() const {
      return result && !*result ? std::optional((*result).error().code) : std::nullopt;
    }

    Wakeup wakeup;
    observe::ExchangeLog::Entry entry;
    bool gone = false;
    Exchange exchange;
    Attempts attempts;
    std::optional<Result<Answer>> result;
  };

  AttemptsTest() {
    queue.set_gate(gate, loop.get_executor());
    snapshot.settings.retry.backoff_initial = std::chrono::milliseconds(1'000);
    snapshot.settings.retry.backoff_max = std::chrono::milliseconds(8'000);
    upstream.commit(upstream::fake_options(), std::chrono::milliseconds(0));
  }
  ~AttemptsTest() override {
    for (auto& run : runs) run->hang_up();
    settle();
  }

  static Task<> take(Run& run) {
    Result<Answer> result = co_await run.attempts.run();
    run.result.emplace(std::move(result));
  }
  Run& start() {
    runs.push_back(std::make_unique<Run>(*this, "req_" + std::to_string(runs.size())));
    tasks.spawn(take(*runs.back()));
    settle();
    return *runs.back();
  }
  void settle() { run_for(Clock::duration::zero()); }
  void run_for(Clock::duration time, Clock::duration step = std::chrono::milliseconds(10)) {
    ManualClock::run_for(loop, time, step);
  }
  /// Each attempt gets the answer of its number; the last one is repeated.
  void script(std::vector<int> statuses) {
    transport->script = [statuses](upstream::FakeAttempt& attempt, std::size_t number) {
      attempt.answer(statuses[std::min(number, statuses.size()) - 1], "{}");
    };
  }
  /// From the start of attempt `number` (from 1) to that of the next.
  std::chrono::milliseconds pause_behind(std::size_t number) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(transport->started_at.at(number) -
                                                                 transport->started_at.at(number - 1));
  }

  ManualClock clock;
  asio::io_context loop{1};
  config::Snapshot snapshot;
  std::unique_ptr<upstream::FakeTransport> owned = std::make_unique<upstream::FakeTransport>();
  upstream::FakeTransport* transport = owned.get();
  upstream::Upstream upstream{loop.get_executor(), std::move(owned)};
  std::mt19937_64 random{1};
  UpstreamGate gate{random};
  WaitQueue queue;
  policy::RetryBudget budget;
  observe::Counters counters;
  Dispatcher dispatcher{upstream, queue, gate, budget, counters, random};
  observe::ExchangeLog log;
  std::vector<std::unique_ptr<Run>> runs;
  TaskScope tasks{loop.get_executor()};
};

}  // namespace tidegate::dispatch
