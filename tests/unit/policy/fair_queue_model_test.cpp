// The queue against a model that says the same with lists that are searched from end to end, over random work.
#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/policy/fair_queue_fixture.h"

namespace tidegate::policy {
namespace {

using Asked = FairQueueBench::Asked;
using Tag = FairShare::Tag;

bool held(const Asked& asked, int held_back) { return static_cast<int>(asked.arrival % 5) < held_back; }

// One level of flows: names, and what the rules of FairShare say of each.
struct ModelShare {
  struct Flow {
    std::uint32_t weight = 1;
    Tag next = 0;
    bool fresh = false;
    bool waiting = false;
    bool credit = false;
    std::optional<std::pair<std::uint64_t, Tag>> last_credit;
    std::uint64_t front = 0;
  };
  std::map<std::string, Flow> flows;
  Tag now = 0;

  void come(const std::string& name, std::uint32_t weight, std::uint64_t arrival, bool returning) {
    const bool added = flows.count(name) == 0;
    auto& flow = flows[name];
    if (added) flow.next = now;
    flow.weight = weight;
    if (!flow.waiting) {
      flow.fresh = flow.next <= now;
      flow.next = std::max(flow.next, now);
    }
    flow.waiting = true;
    const bool again = flow.last_credit && flow.last_credit->first == arrival;
    if (!returning || (flow.last_credit && !again && now < flow.last_credit->second + FairShare::kTurn / flow.weight))
      return;
    flow.credit = true;
    flow.last_credit = {arrival, again ? flow.last_credit->second : now};
  }
  void left(const std::string& name, std::uint64_t arrival) {
    auto& flow = flows.at(name);
    if (flow.last_credit && flow.last_credit->first == arrival) flow.credit = false;
  }
  void had_turn(const std::string& name) {
    auto& flow = flows.at(name);
    std::uint64_t weights = 0;
    std::optional<Tag> served;
    for (const auto& [other, state] : flows) {
      if (!state.waiting) continue;
      weights += state.weight;
      if (other != name && !state.fresh && !state.credit) served = std::min(served.value_or(state.next), state.next);
    }
    const bool overtakes = flow.fresh && !flow.credit;
    if (!flow.credit) now = std::max(now, flow.next);
    flow.next = std::max(flow.next, now) + FairShare::kTurn / flow.weight;
    flow.fresh = flow.credit = false;
    if (!overtakes || weights == flow.weight) return;
    const auto creep = now + std::max<Tag>(1, FairShare::kTurn / weights);
    now = served ? std::max(now, std::min(creep, *served + 1)) : creep;
  }
  void now_waits(const std::string& name, std::optional<std::uint64_t> front) {
    auto& flow = flows.at(name);
    flow.waiting = front.has_value();
    flow.front = front.value_or(0);
    if (!flow.waiting) flow.credit = false;
    std::erase_if(flows, [&](const auto& one) { return !one.second.waiting && one.second.next <= now; });
  }
  // Those that wait, in their order.
  [[nodiscard]] std::vector<std::string> order() const {
    std::vector<std::pair<std::tuple<Tag, bool, std::uint64_t>, std::string>> all;
    for (const auto& [name, flow] : flows)
      if (flow.waiting) all.push_back({{flow.credit ? 0 : flow.next, !flow.fresh && !flow.credit, flow.front}, name});
    std::sort(all.begin(), all.end());
    std::vector<std::string> names;
    for (auto& [key, name] : all) names.push_back(name);
    return names;
  }
};

struct ModelQueue {
  struct Class {
    ModelShare clients;
    std::map<std::string, ModelShare> sessions;  // by client; a client that is forgotten begins anew
  };
  Class classes[2];
  std::vector<Asked*> waiting;
  std::uint32_t since_background = 0;

  Class& of(const Asked& asked) { return classes[asked.priority == Priority::interactive ? 0 : 1]; }

  void come(Asked& asked, bool returning) {
    auto& line = of(asked);
    if (line.clients.flows.count(asked.client) == 0) line.sessions[asked.client] = {};
    line.clients.come(asked.client, asked.weight, asked.arrival, returning);
    line.sessions[asked.client].come(asked.session, 1, asked.arrival, returning);
    waiting.push_back(&asked);
    settle(asked);
  }
  void leave(Asked& asked) {
    waiting.erase(std::find(waiting.begin(), waiting.end(), &asked));
    of(asked).clients.left(asked.client, asked.arrival);
    of(asked).sessions[asked.client].left(asked.session, asked.arrival);
    settle(asked);
  }
  Asked* turn(int held_back) {
    auto* first = next(classes[0], Priority::interactive, held_back);
    auto* second = next(classes[1], Priority::background, held_back);
    if (first == nullptr && second == nullptr) return nullptr;
    bool background = first == nullptr;
    if (first != nullptr && second != nullptr) {
      const auto& client = classes[0].clients.flows.at(first->client);
      const bool newcomer = client.fresh || client.credit;
      background = since_background >= (newcomer ? 19U : 9U);
    }
    since_background = background || second == nullptr ? 0 : since_background + 1;
    auto* asked = background ? second : first;
    waiting.erase(std::find(waiting.begin(), waiting.end(), asked));
    of(*asked).clients.had_turn(asked->client);
    of(*asked).sessions[asked->client].had_turn(asked->session);
    settle(*asked);
    return asked;
  }
  Asked* front(Priority priority, const std::string& client, const std::string& session) {
    Asked* found = nullptr;
    for (auto* asked : waiting)
      if (asked->priority == priority && asked->client == client && asked->session == session &&
          (found == nullptr || asked->arrival < found->arrival))
        found = asked;
    return found;
  }
  Asked* next(Class& line, Priority priority, int held_back) {
    for (const auto& client : line.clients.order())
      for (const auto& session : line.sessions[client].order())
        if (auto* asked = front(priority, client, session); !held(*asked, held_back)) return asked;
    return nullptr;
  }
  void settle(const Asked& asked) {
    auto& line = of(asked);
    auto& sessions = line.sessions[asked.client];
    const auto* at_front = front(asked.priority, asked.client, asked.session);
    sessions.now_waits(asked.session, at_front != nullptr ? std::optional(at_front->arrival) : std::nullopt);
    const auto order = sessions.order();
    line.clients.now_waits(asked.client,
                           order.empty() ? std::nullopt : std::optional(sessions.flows.at(order.front()).front));
  }
};

struct RandomWork : FairQueueBench {
  explicit RandomWork(std::uint32_t seed) : random(seed) {}

  std::size_t up_to(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); }

  void come() {
    auto& asked = all.emplace_back();
    asked.arrival = all.size();
    const auto client = up_to(5);
    asked.client = "c" + std::to_string(client);
    asked.weight = static_cast<std::uint32_t>(client * client + 1);
    // Few sessions that go on and many that ask once.
    asked.session = up_to(1) == 0 ? "s" + std::to_string(up_to(3)) : "n" + std::to_string(asked.arrival);
    asked.priority = up_to(3) == 0 ? Priority::background : Priority::interactive;
    insert(asked, false);
    model.come(asked, false);
  }
  void leave() {
    if (model.waiting.empty()) return;
    auto& asked = *model.waiting[up_to(model.waiting.size() - 1)];
    queue.remove(asked);
    model.leave(asked);
  }
  void take_turn() {
    const int held_back = up_to(2) == 0 ? static_cast<int>(up_to(4)) : 0;
    auto* entry =
        queue.pop([&](const FairQueue::Entry& one) { return !held(static_cast<const Asked&>(one), held_back); });
    auto* expected = model.turn(held_back);
    ASSERT_EQ(entry, expected);
    if (expected != nullptr && up_to(3) == 0) away.push_back(expected);
  }
  void back() {
    if (away.empty()) return;
    const auto at = up_to(away.size() - 1);
    come_back(*away[at]);
    model.come(*away[at], true);
    away.erase(away.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::mt19937 random;
  ModelQueue model;
  std::vector<Asked*> away;  // have had a turn and will come back
};

TEST(FairQueueModel, TheQueueDoesWhatTheModelDoes) {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    RandomWork work(seed);
    for (int step = 0; step < 1'000 && !testing::Test::HasFatalFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << step);
      const auto what = work.up_to(99);
      const std::size_t coming = step % 400 < 200 ? 55 : 30;  // fills, then empties
      if (what < coming)
        work.come();
      else if (what < coming + 5)
        work.leave();
      else if (what < coming + 15)
        work.back();
      else
        work.take_turn();
      ASSERT_EQ(work.queue.size(), work.model.waiting.size());
    }
    const auto order = work.queue.order();
    for (const auto* entry : order) ASSERT_EQ(work.model.turn(0), entry) << seed;
    EXPECT_EQ(work.model.turn(0), nullptr);
  }
}

}  // namespace
}  // namespace tidegate::policy
