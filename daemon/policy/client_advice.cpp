#include "daemon/policy/client_advice.h"

#include <algorithm>

#include "daemon/policy/judge.h"

namespace tidegate::policy {
namespace {

milliseconds bounded(milliseconds wait) noexcept { return std::clamp(wait, kShortestAdvice, kLongestAdvice); }

// What a failure that came as a good answer, or behind a status that says something else, is shown as.
int status_of(Reason reason) noexcept {
  switch (reason) {
    case Reason::rate_limited:
    case Reason::in_flight_budget: return 429;
    case Reason::money: return 402;
    case Reason::key: return 401;
    case Reason::forbidden: return 403;
    case Reason::not_found: return 404;
    case Reason::too_large: return 413;
    case Reason::invalid_request:
    case Reason::context_overflow:
    case Reason::content_filter: return 400;
    default: return 503;
  }
}

int shown_status(const Outcome& outcome, const Judgement& judgement) noexcept {
  const int status = *outcome.status;
  if (status < 400) {
    const int named = effective_status(outcome);
    if (named != kUnnamedFailure && !(passing(judgement.cls) && named < 404)) return named;
    return status_of(judgement.reason);
  }
  const bool says_key_or_money = status == 401 || status == 402 || status == 403;
  return says_key_or_money && passing(judgement.cls) ? status_of(judgement.reason) : status;
}

}  // namespace

ClientAdvice client_advice(const Decision& decision, const Outcome& outcome, milliseconds estimate) noexcept {
  if (decision.verdict == Verdict::success) return {outcome.status.value_or(200), true, std::nullopt};
  if (!outcome.status) return client_advice(outcome.transport.value_or(ErrorCode::internal), estimate);
  ClientAdvice advice{shown_status(outcome, decision.judgement), false, std::nullopt};
  advice.may_retry = decision.verdict == Verdict::deadline_too_near;
  if (advice.may_retry) advice.retry_after = bounded(outcome.retry_after.value_or(estimate));
  return advice;
}

ClientAdvice client_advice(ErrorCode code, milliseconds estimate) noexcept {
  const auto& info = error_info(code);
  ClientAdvice advice{info.http_status, info.client_may_retry, std::nullopt};
  if (advice.may_retry) advice.retry_after = bounded(estimate);
  return advice;
}

}  // namespace tidegate::policy
