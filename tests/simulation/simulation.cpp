#include "tests/simulation/simulation.h"

#include <limits>
#include <memory>
#include <vector>

#include "tests/simulation/event_queue.h"
#include "tests/simulation/gateway_model.h"
#include "tests/simulation/proxy_model.h"
#include "tests/simulation/recorder.h"

namespace tidegate::simulation {
namespace {

using Kind = Event::Kind;
constexpr Time kNever = Time::max();

Time to_time(double seconds) { return std::chrono::duration_cast<Time>(std::chrono::duration<double>(seconds)); }

struct Call {
  Request request;
  Time started{};
  ProxyAnswer answer;
  std::uint32_t gateway = 0;
  std::uint32_t life = 0;  // of the gateway: calls of one that left are nobody's
};

struct Place {
  std::unique_ptr<GatewayModel> model;
  Time woken = kNever;  // the one wake event that counts
  std::uint32_t life = 0;
};

class Run {
 public:
  explicit Run(const Scenario& scenario)
      : scenario_(scenario),
        random_(scenario.seed),
        proxy_(scenario, to_time(random_.uniform(0, 60))),
        recorder_(scenario),
        places_(scenario.gateways) {}

  Figures figures() {
    for (std::uint32_t each = 0; each < scenario_.gateways; ++each) join({}, each);
    present_ = scenario_.gateways;
    if (scenario_.trouble == Trouble::churn) {
      for (std::uint32_t each = 1; each < scenario_.gateways; each += 5) {
        events_.add(Scenario::kSettling + scenario_.measured / 3, Kind::leave, each);
        events_.add(Scenario::kSettling + scenario_.measured * 2 / 3, Kind::join, each);
      }
    }
    while (!events_.empty()) {
      const auto event = events_.take();
      if (event.at >= scenario_.end()) break;
      handle(event);
    }
    for (const auto& place : places_)
      if (place.model) lost_ += place.model->lost();
    return recorder_.figures(scenario_.end(), lost_);
  }

 private:
  void handle(const Event& event) {
    switch (event.kind) {
      case Kind::wake:
        if (places_[event.subject].woken != event.at) return;
        places_[event.subject].woken = kNever;
        send(event.at, event.subject);
        break;
      case Kind::arrive: arrive(event.at, event.subject); break;
      case Kind::answer: answer(event.at, event.subject); break;
      case Kind::leave: leave(event.at, event.subject); break;
      case Kind::join:
        join(event.at, event.subject);
        recorder_.present(event.at, ++present_);
        break;
    }
  }

  void join(Time now, std::uint32_t gateway) {
    places_[gateway].model = std::make_unique<GatewayModel>(scenario_, now, random_);
    send(now, gateway);
  }

  void leave(Time now, std::uint32_t gateway) {
    auto& place = places_[gateway];
    lost_ += place.model->lost();
    place.model.reset();
    ++place.life;
    recorder_.present(now, --present_);
  }

  void send(Time now, std::uint32_t gateway) {
    auto& place = places_[gateway];
    if (!place.model) return;
    while (const auto request = place.model->next(now, random_)) {
      const auto call = free_call();
      calls_[call] = {*request, now, {}, gateway, place.life};
      events_.add(now + to_time(random_.uniform(0.01, 0.04)), Kind::arrive, call);
    }
    const auto wake = place.model->wake(now);
    if (!wake || *wake >= place.woken) return;
    place.woken = *wake;
    events_.add(*wake, Kind::wake, gateway);
  }

  void arrive(Time now, std::uint32_t id) {
    auto& call = calls_[id];
    call.answer = proxy_.call(now);
    recorder_.call(now, call.gateway, call.answer.status);
    const auto work = call.answer.status == 200 ? random_.uniform(0.2, 0.6) : 0;
    events_.add(now + to_time(work + random_.uniform(0.01, 0.04)), Kind::answer, id);
  }

  void answer(Time now, std::uint32_t id) {
    const auto call = calls_[id];
    free_.push_back(id);
    if (call.answer.status == 200) recorder_.good_answer(now);
    auto& place = places_[call.gateway];
    if (!place.model || place.life != call.life) return;
    place.model->answered(now, call.started, call.request, call.answer, random_);
    send(now, call.gateway);
  }

  std::uint32_t free_call() {
    if (free_.empty()) {
      calls_.emplace_back();
      return static_cast<std::uint32_t>(calls_.size() - 1);
    }
    const auto id = free_.back();
    free_.pop_back();
    return id;
  }

  Scenario scenario_;
  Random random_;
  ProxyModel proxy_;
  Recorder recorder_;
  EventQueue events_;
  std::vector<Place> places_;
  std::vector<Call> calls_;
  std::vector<std::uint32_t> free_;
  std::uint32_t present_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace

Figures simulate(const Scenario& scenario) { return Run(scenario).figures(); }

}  // namespace tidegate::simulation
