#include "daemon/policy/retry_policy.h"

#include <algorithm>

namespace tidegate::policy {
namespace {

constexpr milliseconds kMaxSpread{1'000};

bool retryable_transport(ErrorCode code) noexcept {
  return code == ErrorCode::upstream_unreachable || code == ErrorCode::upstream_reset ||
         code == ErrorCode::upstream_timeout || code == ErrorCode::upstream_truncated;
}

milliseconds scaled(milliseconds span, double factor) noexcept {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(span.count()) * factor));
}

milliseconds wait_before_next(const RetryOptions& options, const Outcome& outcome, std::uint32_t attempt,
                              double random) noexcept {
  if (outcome.stale_connection && attempt == 1) return milliseconds(0);
  if (outcome.retry_after)
    return *outcome.retry_after + scaled(std::min(*outcome.retry_after / 10, kMaxSpread), random);
  auto ceiling = options.backoff_initial;
  for (std::uint32_t i = 1; i < attempt && ceiling < options.backoff_max; ++i) ceiling *= 2;
  return scaled(std::min(ceiling, options.backoff_max), random);
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

bool retryable_status(int status) noexcept {
  switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
    case 529: return true;
    default: return false;
  }
}

Decision decide(const RetryOptions& options, const Outcome& outcome, std::uint32_t attempt, milliseconds left,
                double random) noexcept {
  if (outcome.status) {
    if (*outcome.status < 400) return {Verdict::success, {}};
    if (!outcome.upstream_advice.value_or(retryable_status(*outcome.status))) return {Verdict::final_answer, {}};
  } else if (!outcome.transport || !retryable_transport(*outcome.transport)) {
    return {Verdict::final_error, {}};
  }
  if (attempt >= options.max_attempts) return {Verdict::attempts_spent, {}};
  const auto wait = wait_before_next(options, outcome, attempt, random);
  if (wait >= left) return {Verdict::deadline_too_near, {}};
  return {Verdict::retry, wait};
}

}  // namespace tidegate::policy
