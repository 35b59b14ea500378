#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "daemon/policy/fair_queue.h"

namespace tidegate::policy {

/// A queue before one upstream slot: each turn is one service time.
struct FairQueueBench {
  struct Asked : FairQueue::Entry {
    std::uint64_t arrival = 0;
    std::string client;
    std::string session;
    std::uint32_t weight = 1;
    Priority priority = Priority::interactive;
  };

  Asked& ask(const std::string& client, const std::string& session = "", std::uint32_t weight = 1,
             Priority priority = Priority::interactive) {
    auto& asked = all.emplace_back();
    asked.arrival = all.size();
    asked.client = client;
    asked.session = session;
    asked.weight = weight;
    asked.priority = priority;
    insert(asked, false);
    return asked;
  }
  void ask_many(int count, const std::string& client, const std::string& session = "", std::uint32_t weight = 1,
                Priority priority = Priority::interactive) {
    for (int i = 0; i < count; ++i) ask(client, session, weight, priority);
  }
  void come_back(Asked& asked) { insert(asked, true); }
  void insert(Asked& asked, bool returning) {
    queue.insert(asked, {asked.arrival, asked.client, asked.weight, asked.session, asked.priority, returning});
  }

  /// The next one's turn; null: none waits.
  Asked* turn() {
    return static_cast<Asked*>(queue.pop([](const FairQueue::Entry&) { return true; }));
  }
  /// Turns until it is `asked`'s own, that one included; 0: never.
  int turns_until(const Asked& asked) {
    for (int turns = 1;; ++turns) {
      const auto* next = turn();
      if (next == nullptr) return 0;
      if (next == &asked) return turns;
    }
  }
  /// Of the next `turns`, how many are `client`'s.
  int turns_of(const std::string& client, int turns) {
    int own = 0;
    for (int i = 0; i < turns; ++i) {
      const auto* next = turn();
      if (next != nullptr && next->client == client) ++own;
    }
    return own;
  }
  std::string clients_of(int turns) {
    std::string out;
    for (int i = 0; i < turns; ++i)
      if (const auto* next = turn()) out += next->client + (next->session.empty() ? "" : "/" + next->session) + " ";
    return out;
  }

  FairQueue queue;
  std::deque<Asked> all;
};

}  // namespace tidegate::policy
