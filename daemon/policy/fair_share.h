#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/policy/priority.h"

namespace tidegate::policy {

/// One level of weighted fair queueing: whose turn is next among flows of which each has some waiting. Start-time fair
/// queueing (Goyal, Vin, Cheng, 1996), in whole numbers, with three rules of its own:
/// - A flow that comes to wait without owing a turn ("fresh") goes before all that have had theirs, so that a single
///   request waits for no more than the one under way, however many flows keep the queue full.
/// - No stream of newcomers, each a flow of its own, keeps the others out: each newcomer's turn moves virtual time on,
///   by as much as one turn when as many have passed as there are flows, and later newcomers come behind.
/// - What comes back for another try keeps its place: its flow goes first, once a turn (again for the same exchange).
/// Copies are independent, so that an order can be foretold. A turn costs O(log flows).
class FairShare {
 public:
  using Tag = std::uint64_t;  ///< virtual time
  using Id = std::uint32_t;

  static constexpr Tag kTurn = Tag{1} << 24;          ///< what a turn costs at weight 1
  static constexpr std::size_t kMaxRemembered = 256;  ///< flows that owe a turn and have none waiting
  static constexpr Id kNone = ~Id{0};

  /// The flow of this name; second: it is a new one. It is forgotten again by set_idle().
  std::pair<Id, bool> enter(std::string_view name, std::uint32_t weight);

  /// The flow waits, at its front the exchange that arrived as number `arrival`.
  void set_front(Id flow, std::uint64_t arrival);
  /// Nothing of the flow waits. Its debt is remembered; without one the Id is free for another.
  void set_idle(Id flow);

  /// The exchange comes back for another try: asks for the flow to go first. Before set_front().
  void give_credit(Id flow, std::uint64_t arrival) noexcept;
  /// It left without having had its turn.
  void drop_credit(Id flow, std::uint64_t arrival) noexcept;

  /// The flow, which waits, has a turn. set_front() or set_idle() follows.
  void charge(Id flow);

  /// Nothing waits and nothing is under way: nobody owes anything any more.
  void forget();

  /// The first in order that `allowed(Id)`; kNone: none.
  template <class Allowed>
  [[nodiscard]] Id first(Allowed allowed) const {
    auto fresh = fresh_.begin();
    auto served = served_.begin();
    while (fresh != fresh_.end() || served != served_.end()) {
      const bool take_fresh =
          served == served_.end() || (fresh != fresh_.end() && std::get<0>(*fresh) <= std::get<0>(*served));
      const Id id = std::get<2>(take_fresh ? *fresh++ : *served++);
      if (allowed(id)) return id;
    }
    return kNone;
  }

  [[nodiscard]] bool empty() const noexcept { return fresh_.empty() && served_.empty(); }
  /// Whether it waits, and has not had a turn since it came to wait.
  [[nodiscard]] bool fresh(Id flow) const noexcept { return flows_[flow].key.fresh; }
  [[nodiscard]] std::uint64_t front(Id flow) const noexcept { return flows_[flow].key.arrival; }
  [[nodiscard]] std::size_t remembered() const noexcept { return idle_.size(); }

 private:
  using Order = std::set<std::tuple<Tag, std::uint64_t, Id>>;  // start, arrival of the front
  struct Key {
    Tag start = 0;
    std::uint64_t arrival = 0;
    bool fresh = false;
    bool waiting = false;
  };
  struct Flow {
    std::string name;
    std::uint32_t weight = 1;
    Tag next = 0;  // when its next turn starts
    bool fresh = false;
    bool credit = false;
    bool had_credit = false;
    Tag credit_at = 0;
    std::uint64_t credit_to = 0;
    Key key;  // where it stands now
  };
  void unlink(Flow& flow, Id id);
  void drop(Id id);
  void forget_paid();
  [[nodiscard]] static Tag cost(const Flow& flow) noexcept { return kTurn / flow.weight; }

  std::vector<Flow> flows_;
  std::vector<Id> free_;
  std::map<std::string, Id, std::less<>> names_;
  Order fresh_;
  Order served_;
  std::set<std::pair<Tag, Id>> idle_;  // that owe a turn, by when they no longer do
  Tag now_ = 0;
  std::uint64_t weight_ = 0;  // of those that wait
};

/// A FairShare in which each flow has something of its own.
template <class Child>
class FairLevel : public FairShare {
 public:
  Id open(std::string_view name, std::uint32_t weight) {
    const auto [id, added] = enter(name, weight);
    if (id >= children_.size()) children_.resize(id + std::size_t{1});
    if (added) children_[id] = Child();
    return id;
  }
  [[nodiscard]] Child& child(Id id) noexcept { return children_[id]; }
  [[nodiscard]] const Child& child(Id id) const noexcept { return children_[id]; }

 private:
  std::vector<Child> children_;
};

}  // namespace tidegate::policy
