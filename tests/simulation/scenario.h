#pragma once

#include <chrono>
#include <cstdint>

namespace tidegate::simulation {

enum class Limiter { token_bucket, fixed_window, sliding_window };

/// How the gateways get to know the limit.
enum class Knowledge {
  configured,   ///< each has its share in its configuration; the proxy is silent
  retry_after,  ///< each 429 says in whole seconds when to come again
  headers,      ///< each answer has x-ratelimit-remaining and -reset, of the whole proxy
  silent,       ///< a 429 and nothing else
  sdk           ///< no gateway: today's SDK retry (two, exponential, Retry-After obeyed); the proxy sends Retry-After
};

enum class Trouble {
  none,
  churn,  ///< one gateway of five leaves after a third of the measured time and comes back, knowing nothing, after two
  outage  ///< the proxy answers 503 to everything for five minutes, after a fifth of the measured time
};

struct Scenario {
  std::uint32_t gateways = 1;
  double per_minute = 60;  ///< the proxy's limit, for each gateway
  Limiter limiter = Limiter::token_bucket;
  Knowledge knowledge = Knowledge::silent;
  Trouble trouble = Trouble::none;
  double demand = 1.5;  ///< times the limit; Poisson arrivals at each gateway
  std::chrono::minutes measured{30};
  std::uint64_t seed = 1;

  static constexpr std::chrono::minutes kSettling{2};  ///< two windows, not measured
  static constexpr std::chrono::minutes kOutage{5};
  static constexpr std::chrono::minutes kDeadline{10};  ///< of each request, from its arrival

  [[nodiscard]] std::chrono::steady_clock::duration end() const { return kSettling + measured; }
  [[nodiscard]] std::chrono::steady_clock::duration outage_start() const { return kSettling + measured / 5; }
  [[nodiscard]] std::chrono::steady_clock::duration outage_end() const { return outage_start() + kOutage; }
};

}  // namespace tidegate::simulation
