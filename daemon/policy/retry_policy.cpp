#include "daemon/policy/retry_policy.h"

#include <algorithm>

#include "daemon/policy/judge.h"

namespace tidegate::policy {
namespace {

milliseconds scaled(milliseconds span, double factor) noexcept {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(span.count()) * factor));
}

milliseconds full_jitter(const RetryOptions& options, std::uint32_t attempt, double random) noexcept {
  auto ceiling = options.backoff_initial;
  for (std::uint32_t i = 1; i < attempt && ceiling < options.backoff_max; ++i) ceiling *= 2;
  return scaled(std::min(ceiling, options.backoff_max), random);
}

milliseconds wait_before_next(const RetryOptions& options, const Outcome& outcome, const Judgement& judgement,
                              std::uint32_t attempt, double random) noexcept {
  if (outcome.stale_connection && attempt == 1) return milliseconds(0);
  if (outcome.retry_after)
    return *outcome.retry_after + scaled(std::min(*outcome.retry_after / 10, kMaxSpread), random);
  const auto backoff = full_jitter(options, attempt, random);
  if (judgement.at_least == milliseconds(0)) return backoff;
  return std::max(backoff, judgement.at_least + scaled(judgement.at_least / 2, random));
}

}  // namespace

std::string_view verdict_name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::success: return "success";
    case Verdict::final_answer: return "final_answer";
    case Verdict::final_error: return "final_error";
    case Verdict::retry: return "retry";
    case Verdict::attempts_spent: return "attempts_spent";
    case Verdict::budget_spent: return "budget_spent";
    case Verdict::deadline_too_near: return "deadline_too_near";
  }
  return "unknown";
}

milliseconds TryTimes::wait(Time now) const noexcept {
  if (count_ < kBurst) return milliseconds(0);
  const Time fourth_last = starts_[count_ % kBurst];
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(fourth_last + kBurstWindow - now));
}

Decision decide(const RetryOptions& options, const Outcome& outcome, std::uint32_t attempt, milliseconds left,
                double random, milliseconds burst_wait) noexcept {
  const auto judgement = judge(outcome);
  if (judgement.cls == FailureClass::success) return {Verdict::success, {}, judgement};
  if (!passing(judgement.cls)) return {outcome.status ? Verdict::final_answer : Verdict::final_error, {}, judgement};
  if (attempt >= options.max_attempts) return {Verdict::attempts_spent, {}, judgement};
  auto wait = wait_before_next(options, outcome, judgement, attempt, random);
  if (burst_wait > wait) wait = burst_wait + scaled(kMaxSpread, random);
  if (wait >= left) return {Verdict::deadline_too_near, {}, judgement};
  return {Verdict::retry, wait, judgement};
}

}  // namespace tidegate::policy
