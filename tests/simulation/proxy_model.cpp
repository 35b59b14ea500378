#include "tests/simulation/proxy_model.h"

#include <algorithm>
#include <cmath>

namespace tidegate::simulation {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::milliseconds;
constexpr std::chrono::minutes kWindow{1};

Time to_time(double seconds) { return std::chrono::duration_cast<Time>(Seconds(seconds)); }

}  // namespace

ProxyModel::ProxyModel(const Scenario& scenario, Time offset)
    : scenario_(scenario),
      limit_(scenario.per_minute * scenario.gateways),
      bucket_(std::max(1.0, limit_ / 6)),
      offset_(offset),
      tokens_(bucket_) {}

ProxyAnswer ProxyModel::call(Time now) {
  if (scenario_.trouble == Trouble::outage && now >= scenario_.outage_start() && now < scenario_.outage_end())
    return {503, {}, {}, {}};
  ProxyAnswer answer;
  if (!admit(now)) {
    answer.status = 429;
    if (scenario_.knowledge == Knowledge::retry_after || scenario_.knowledge == Knowledge::sdk)
      answer.retry_after = std::chrono::ceil<std::chrono::seconds>(until_one(now));
  }
  if (scenario_.knowledge == Knowledge::headers) {
    answer.remaining = remaining();
    answer.reset = std::chrono::ceil<milliseconds>(until_reset(now));
  }
  return answer;
}

bool ProxyModel::admit(Time now) {
  switch (scenario_.limiter) {
    case Limiter::token_bucket:
      tokens_ = std::min(bucket_, tokens_ + Seconds(now - filled_).count() * limit_ / 60);
      filled_ = now;
      if (tokens_ < 1) return false;
      tokens_ -= 1;
      return true;
    case Limiter::fixed_window:
      if (const auto window = (now + offset_) / kWindow; window != window_) {
        window_ = window;
        used_ = 0;
      }
      if (static_cast<double>(used_) >= limit_) return false;
      ++used_;
      return true;
    case Limiter::sliding_window:
      while (!log_.empty() && log_.front() <= now - kWindow) log_.pop_front();
      if (static_cast<double>(log_.size()) >= limit_) return false;
      log_.push_back(now);
      return true;
  }
  return false;
}

std::uint64_t ProxyModel::remaining() const {
  switch (scenario_.limiter) {
    case Limiter::token_bucket: return static_cast<std::uint64_t>(tokens_);
    case Limiter::fixed_window: return static_cast<std::uint64_t>(limit_) - used_;
    case Limiter::sliding_window: return static_cast<std::uint64_t>(limit_) - log_.size();
  }
  return 0;
}

Time ProxyModel::until_one(Time now) const {
  switch (scenario_.limiter) {
    case Limiter::token_bucket: return to_time(std::max(0.0, 1 - tokens_) * 60 / limit_);
    case Limiter::fixed_window: return kWindow - (now + offset_) % kWindow;
    case Limiter::sliding_window: return log_.empty() ? Time{} : log_.front() + kWindow - now;
  }
  return {};
}

Time ProxyModel::until_reset(Time now) const {
  // OpenAI says of a bucket when it will be full again; windows say when they end or when their oldest call leaves.
  if (scenario_.limiter == Limiter::token_bucket) return to_time((bucket_ - tokens_) * 60 / limit_);
  return until_one(now);
}

}  // namespace tidegate::simulation
