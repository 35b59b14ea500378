#include "daemon/observe/exchange_log.h"

#include <gtest/gtest.h>

#include <optional>

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;
using State = ExchangeRecord::State;

const TimePoint kStart{1h};
const std::chrono::system_clock::time_point kWall{1000h};

TEST(ExchangeLog, ShowsARunningExchangeFromStateToState) {
  ExchangeLog log;
  auto entry = log.begin("id-1", "POST", "/v1/chat/completions", kStart);
  ASSERT_EQ(log.running().size(), 1U);
  const auto& shown = log.running().front();
  EXPECT_EQ(shown.id, "id-1");
  EXPECT_EQ(shown.method, "POST");
  EXPECT_EQ(shown.path, "/v1/chat/completions");
  EXPECT_EQ(shown.state, State::reading);
  EXPECT_EQ(shown.started, kStart);

  entry.set_client("agent");
  entry.set_model("gpt-4");
  entry.enter(State::queued, kStart + 1s);
  entry.set_waiting_for("a free slot");
  entry.record().queue_position = 3;
  EXPECT_EQ(shown.client, "agent");
  EXPECT_EQ(shown.model, "gpt-4");
  EXPECT_EQ(shown.state, State::queued);
  EXPECT_EQ(shown.state_since, kStart + 1s);
  EXPECT_EQ(shown.waiting_for, "a free slot");
  entry.enter(State::streaming, kStart + 2s);
  EXPECT_EQ(shown.waiting_for, "");
  EXPECT_EQ(shown.queue_position, 0U);
}

TEST(ExchangeLog, KeepsHowAnExchangeEnded) {
  ExchangeLog log;
  auto entry = log.begin("id-1", "POST", "/v1/x", kStart);
  entry.record().attempts = 2;
  entry.record().bytes_sent = 99;
  entry.finish({200, Outcome::succeeded, Truncation::none, 10ms, 20ms, ""}, kStart + 1500ms, kWall);
  EXPECT_TRUE(log.running().empty());
  ASSERT_EQ(log.finished().size(), 1U);
  const auto& done = *log.finished()[0];
  EXPECT_EQ(done.record.id, "id-1");
  EXPECT_EQ(done.record.attempts, 2U);
  EXPECT_EQ(done.record.bytes_sent, 99U);
  EXPECT_EQ(done.end.status, 200);
  EXPECT_EQ(done.end.outcome, Outcome::succeeded);
  EXPECT_EQ(done.end.queue_ms, 10ms);
  EXPECT_EQ(done.end.first_byte_ms, 20ms);
  EXPECT_EQ(done.total_ms, 1500ms);
  EXPECT_EQ(done.finished_at, kWall);
}

TEST(ExchangeLog, AnEntryThatIsDroppedWasCancelled) {
  ExchangeLog log;
  {
    const auto entry = log.begin("id-1", "GET", "/v1/models", Clock::now());
  }
  EXPECT_TRUE(log.running().empty());
  ASSERT_EQ(log.finished().size(), 1U);
  EXPECT_EQ(log.finished()[0]->end.outcome, Outcome::cancelled);
}

TEST(ExchangeLog, AMovedEntryEndsOnce) {
  ExchangeLog log;
  {
    auto entry = log.begin("id-1", "GET", "/", kStart);
    std::optional<ExchangeLog::Entry> kept(std::move(entry));
    EXPECT_EQ(log.running().size(), 1U);
    kept->finish({500, Outcome::failed, Truncation::none, 0ms, std::nullopt, "boom"}, kStart, kWall);
    kept->finish({200, Outcome::succeeded, Truncation::none, 0ms, std::nullopt, ""}, kStart, kWall);
  }
  ASSERT_EQ(log.finished().size(), 1U);
  EXPECT_EQ(log.finished()[0]->end.status, 500);
}

TEST(ExchangeLog, KeepsTheLastOnesNewestFirst) {
  ExchangeLog log;
  const auto count = ExchangeLog::kMaxFinished + 10;
  for (std::size_t i = 0; i < count; ++i) {
    log.begin(std::to_string(i), "GET", "/", kStart)
        .finish({200, Outcome::succeeded, Truncation::none, 0ms, 0ms, ""}, kStart, kWall);
    const auto& newest = log.finished(1);
    ASSERT_EQ(newest.size(), 1U);
    ASSERT_EQ(newest[0]->record.id, std::to_string(i));
  }
  const auto all = log.finished();
  ASSERT_EQ(all.size(), ExchangeLog::kMaxFinished);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->record.id, std::to_string(count - 1 - i));
  EXPECT_EQ(log.finished(3).size(), 3U);
  EXPECT_EQ(log.finished(0).size(), 0U);
}

TEST(ExchangeLog, AReusedRecordStartsClean) {
  ExchangeLog log;
  {
    auto entry = log.begin("id-1", "POST", "/a", kStart);
    entry.set_client("agent");
    entry.set_model("m");
    entry.set_waiting_for("w");
    auto& record = entry.record();
    record.stream = true;
    record.state = State::backing_off;
    record.deadline = kStart;
    record.attempts = 3;
    record.bytes_sent = 4;
    record.queue_position = 5;
    // Twice round the ring: the second time, this very record comes back from it.
    entry.finish({}, kStart, kWall);
  }
  for (std::size_t i = 0; i < 2 * ExchangeLog::kMaxFinished + 2; ++i) {
    auto entry = log.begin("n", "GET", "/b", kStart + 1s);
    const auto& record = log.running().back();
    ASSERT_EQ(record.client + record.model + record.waiting_for, "");
    ASSERT_FALSE(record.stream);
    ASSERT_EQ(record.state, State::reading);
    ASSERT_EQ(record.state_since, kStart + 1s);
    ASSERT_EQ(record.deadline, TimePoint::max());
    ASSERT_EQ(record.attempts + record.bytes_sent + record.queue_position, 0U);
    entry.finish({}, kStart + 1s, kWall);
  }
}

TEST(ExchangeLog, RunningOnesAreInTheOrderOfTheirStart) {
  ExchangeLog log;
  std::vector<ExchangeLog::Entry> entries;
  for (int i = 0; i < 200; ++i) entries.push_back(log.begin(std::to_string(i), "GET", "/", kStart));
  while (entries.size() > 100) entries.pop_back();  // more at once than records are kept for reuse
  entries.push_back(log.begin("last", "GET", "/", kStart));
  EXPECT_EQ(log.running().size(), 101U);
  EXPECT_EQ(log.running().front().id, "0");
  EXPECT_EQ(log.running().back().id, "last");
}

TEST(ExchangeLog, BoundsEveryTextBetweenCharacters) {
  ExchangeLog log;
  const std::string huge(100'000, 'x');
  auto entry = log.begin(huge, huge, huge, kStart);
  entry.set_client(huge);
  entry.set_model(std::string(ExchangeLog::kMaxText - 1, 'x') + "\u00e9" + huge);  // the two bytes do not both fit
  entry.set_waiting_for(huge);
  const auto& record = log.running().front();
  for (const auto* text : {&record.id, &record.method, &record.path, &record.client, &record.waiting_for}) {
    EXPECT_EQ(text->size(), ExchangeLog::kMaxText);
  }
  EXPECT_EQ(record.model, std::string(ExchangeLog::kMaxText - 1, 'x'));
  entry.finish({0, Outcome::failed, Truncation::none, 0ms, std::nullopt, huge}, kStart, kWall);
  EXPECT_EQ(log.finished()[0]->end.error.size(), ExchangeLog::kMaxText);
}

TEST(ExchangeLog, StatesAndOutcomesHaveNames) {
  EXPECT_EQ(to_string(State::reading), "reading");
  EXPECT_EQ(to_string(State::queued), "queued");
  EXPECT_EQ(to_string(State::waiting), "waiting");
  EXPECT_EQ(to_string(State::streaming), "streaming");
  EXPECT_EQ(to_string(State::backing_off), "backing_off");
  EXPECT_EQ(to_string(Outcome::succeeded), "succeeded");
  EXPECT_EQ(to_string(Outcome::failed), "failed");
  EXPECT_EQ(to_string(Outcome::cancelled), "cancelled");
  EXPECT_EQ(to_string(Outcome::truncated), "truncated");
}

TEST(ExchangeLog, ACallThatOutlivesItsExchangeGoesOnUnderARecordOfItsOwn) {
  ExchangeLog log;
  auto entry = log.begin("id-1", "POST", "/v1/x", kStart);
  entry.set_model("m");
  auto call = entry.alias();
  call.enter(State::waiting, kStart + 1s);
  EXPECT_EQ(entry.record().state, State::waiting);

  call.replace(log.begin_again(call.record()));
  call.record().client_left = true;
  entry.finish({}, kStart + 2s, kWall);
  auto other = log.begin("id-2", "POST", "/v1/x", kStart);  // lives in the first one's memory
  EXPECT_FALSE(other.record().client_left);
  call.record().attempts = 3;
  ASSERT_EQ(log.running().size(), 2U);
  const auto& shown = log.running().front();
  EXPECT_EQ(shown.id, "id-1");
  EXPECT_EQ(shown.model, "m");
  EXPECT_EQ(shown.state, State::waiting);
  EXPECT_EQ(shown.attempts, 3U);
  EXPECT_TRUE(shown.client_left);

  call.drop();
  call.drop();
  ASSERT_EQ(log.running().size(), 1U);
  EXPECT_EQ(log.running().front().id, "id-2");
  ASSERT_EQ(log.finished().size(), 1U);
  EXPECT_FALSE(log.finished()[0]->record.client_left);
}

TEST(ExchangeLog, AnAliasEndsNothing) {
  ExchangeLog log;
  auto entry = log.begin("id-1", "POST", "/v1/x", kStart);
  {
    auto call = entry.alias();
  }
  entry.alias().finish({}, kStart, kWall);
  EXPECT_EQ(log.running().size(), 1U);
  EXPECT_TRUE(log.finished().empty());
}

TEST(ExchangeLog, NothingOfAnEarlierExchangeIsLeftInALaterOne) {
  ExchangeLog log;
  {
    auto entry = log.begin("id-1", "POST", "/v1/x", kStart);
    entry.set_shared_with("id-0");
    entry.record().client_left = true;
  }
  EXPECT_EQ(log.finished()[0]->record.shared_with, "id-0");
  {
    auto second = log.begin("id-2", "POST", "/v1/x", kStart);
  }
  auto third = log.begin("id-3", "POST", "/v1/x", kStart);
  EXPECT_EQ(third.record().shared_with, "");
  EXPECT_FALSE(third.record().client_left);
}

}  // namespace
}  // namespace tidegate::observe
