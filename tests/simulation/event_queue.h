#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace tidegate::simulation {

using Time = std::chrono::steady_clock::duration;

/// What happens next in a simulation; `subject` is a gateway or a call.
struct Event {
  enum class Kind : std::uint8_t {
    wake,    ///< a gateway may have something to send
    arrive,  ///< a call reaches the proxy
    answer,  ///< the answer's head reaches the gateway
    leave,   ///< a gateway goes away
    join     ///< and comes back, knowing nothing
  };
  Time at{};
  std::uint32_t order = 0;  ///< by insertion, so that a run is the same each time
  std::uint32_t subject = 0;
  Kind kind = Kind::wake;
};

/// Events by time, those of one instant in the order in which they were added.
class EventQueue {
 public:
  void add(Time at, Event::Kind kind, std::uint32_t subject) { events_.push({at, ++last_, subject, kind}); }
  [[nodiscard]] bool empty() const { return events_.empty(); }
  Event take() {
    const auto event = events_.top();
    events_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint32_t last_ = 0;
};

}  // namespace tidegate::simulation
