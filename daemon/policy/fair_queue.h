#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/policy/fair_share.h"
#include "daemon/policy/priority.h"

namespace tidegate::policy {

/// The order in which what waits may go: interactive before background, fair between clients by their weights, fair
/// between the sessions of a client, by arrival within a session. What is bounded, and who may go now, is the owner's
/// matter (QueueUsage, `allowed`). Costs O(log n) to enter, leave and go. Pure; loop thread only.
class FairQueue {
 public:
  /// While both wait, background work has one turn in so many; those who have just come do not wait for it, until it
  /// has waited twice as long.
  static constexpr std::uint32_t kBackgroundTurn = 10;

  struct Place {
    std::uint64_t arrival = 0;  ///< number in the order of arrival, the exchange's own
    std::string_view client;    ///< empty where clients have no names
    std::uint32_t weight = 1;   ///< the client's, from 1 to kMaxWeight
    std::string_view session;   ///< empty: all those without one are one session
    Priority priority = Priority::interactive;
    bool returning = false;  ///< comes back for another try
  };

  /// What waits: a base or member of the owner's object, which must stay where it is while it waits.
  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    [[nodiscard]] bool waiting() const noexcept { return waiting_; }

   private:
    friend class FairQueue;
    std::uint64_t arrival_ = 0;
    FairShare::Id client_ = 0;
    FairShare::Id session_ = 0;
    Priority priority_ = Priority::interactive;
    bool waiting_ = false;
  };

  using Allowed = std::function<bool(const Entry&)>;

  void insert(Entry& entry, const Place& place);
  /// Without having had its turn. Does nothing for one that does not wait.
  void remove(Entry& entry);

  /// Takes the first in order that `allowed` lets go; of each session only the front is asked. nullptr: none.
  Entry* pop(const Allowed& allowed);

  /// Nothing waits and nothing is under way: who had more than others is forgotten.
  void forget();

  /// Up to `most` entries in the order in which they would go if all were allowed and nobody else came.
  [[nodiscard]] std::vector<Entry*> order(std::size_t most = ~std::size_t{0}) const;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct SessionLine {
    std::set<std::pair<std::uint64_t, Entry*>> waiting;  // by arrival
  };
  struct ClientLine {
    FairLevel<SessionLine> sessions;
    [[nodiscard]] FairShare::Id next(const Allowed& allowed) const;
  };
  struct Class {
    FairLevel<ClientLine> clients;
    [[nodiscard]] FairShare::Id next(const Allowed& allowed) const;
    Entry* pop(FairShare::Id client, const Allowed& allowed);
    void settle(FairShare::Id client, FairShare::Id session);
  };
  // All that decides the order, so that a copy foretells it.
  struct Classes {
    Class interactive;
    Class background;
    std::uint32_t since_background = 0;  // turns of interactive work while background work waited
    Entry* pop(const Allowed& allowed);
    [[nodiscard]] bool background_is_due(FairShare::Id interactive_client) const;
    Class& of(Priority priority) noexcept { return priority == Priority::interactive ? interactive : background; }
  };

  Classes classes_;
  std::size_t size_ = 0;
};

}  // namespace tidegate::policy
