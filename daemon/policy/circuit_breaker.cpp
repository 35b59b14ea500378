#include "daemon/policy/circuit_breaker.h"

#include <algorithm>
#include <limits>

namespace tidegate::policy {

using std::chrono::milliseconds;

std::string_view state_name(CircuitBreaker::State state) noexcept {
  switch (state) {
    case CircuitBreaker::State::closed: return "closed";
    case CircuitBreaker::State::open: return "open";
    case CircuitBreaker::State::half_open: return "half_open";
    case CircuitBreaker::State::recovering: return "recovering";
  }
  return "";
}

CircuitBreaker::State CircuitBreaker::state(Time now) const noexcept {
  return state_ == State::open && now >= open_until_ ? State::half_open : state_;
}

std::uint32_t CircuitBreaker::limit(Time now) const noexcept {
  switch (state(now)) {
    case State::closed: return std::numeric_limits<std::uint32_t>::max();
    case State::open: return 0;
    case State::half_open: return 1;
    case State::recovering: return allowance_;
  }
  return 0;
}

CircuitBreaker::Pass CircuitBreaker::started(Time /*now*/) noexcept {
  ++in_flight_;
  return epoch_;
}

void CircuitBreaker::finished(Pass pass) noexcept {
  if (pass == epoch_ && in_flight_ > 0) --in_flight_;
}

void CircuitBreaker::succeeded(Pass pass, Time now) noexcept {
  if (pass != epoch_) return;
  in_a_row_ = 0;
  if (state_ == State::closed) {
    advance(now);
    ++window_[static_cast<std::size_t>(second_) % kWindowSeconds].good;
    return;
  }
  // One more for each success: what is under way doubles with each round, and no faster.
  allowance_ = state_ == State::open ? 2 : allowance_ + 1;
  state_ = State::recovering;
  if (allowance_ >= options_.recovered_at) close(now);
}

void CircuitBreaker::failed(Pass pass, Time now, double random) noexcept {
  if (pass != epoch_) return;
  if (state_ == State::open) {
    open(now, random);
    return;
  }
  ++in_a_row_;
  if (state_ == State::recovering) {
    // A single failure among many is no reason to leave again, as it would not be while closed.
    allowance_ /= 2;
    if (allowance_ == 0 || in_a_row_ >= options_.consecutive) open(now, random);
    return;
  }
  advance(now);
  ++window_[static_cast<std::size_t>(second_) % kWindowSeconds].gone;
  if (in_a_row_ >= options_.consecutive || too_many_gone()) open(now, random);
}

void CircuitBreaker::reset() noexcept {
  state_ = State::closed;
  ++epoch_;
  in_flight_ = in_a_row_ = openings_ = 0;
  window_ = {};
}

void CircuitBreaker::open(Time now, double random) noexcept {
  if (state_ == State::closed) {
    opened_at_ = now;
    ++opened_total_;
    if (closed_at_ == Time::min() || now - closed_at_ >= kCalm) openings_ = 0;
  }
  constexpr std::uint32_t kMostDoublings = 20;
  const auto doublings = std::min(openings_, kMostDoublings);
  const auto bound = std::min(options_.open_max, options_.open_initial * (std::int64_t{1} << doublings));
  const auto wait = std::chrono::duration<double, std::milli>(bound) * (0.5 + random / 2);
  ++openings_;
  state_ = State::open;
  open_until_ = now + std::chrono::duration_cast<Time>(wait);
  ++epoch_;
  in_flight_ = in_a_row_ = 0;
}

// Attempts that recovered it stay counted: their successes and failures are those of the closed circuit.
void CircuitBreaker::close(Time now) noexcept {
  state_ = State::closed;
  closed_at_ = now;
  window_ = {};
}

void CircuitBreaker::advance(Time now) noexcept {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (second <= second_) return;
  constexpr auto kSeconds = static_cast<std::int64_t>(kWindowSeconds);
  for (auto at = std::max(second_ + 1, second - kSeconds + 1); at <= second; ++at)
    window_[static_cast<std::size_t>(at % kSeconds)] = {};
  second_ = second;
}

bool CircuitBreaker::too_many_gone() const noexcept {
  std::uint32_t good = 0;
  std::uint32_t gone = 0;
  for (const auto& second : window_) {
    good += second.good;
    gone += second.gone;
  }
  return good + gone >= options_.least && gone >= options_.share * (good + gone);
}

}  // namespace tidegate::policy
