#include "daemon/policy/judge.h"

#include <algorithm>

#include "common/ascii.h"
#include "daemon/policy/verdict_table.h"

namespace tidegate::policy {
namespace {

bool same_letter(char a, char b) noexcept { return ascii_lower(a) == ascii_lower(b); }

bool contains(std::string_view text, std::string_view part) noexcept {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same_letter) != text.end();
}

bool matches(std::string_view value, std::string_view pattern) noexcept {
  if (value.empty()) return false;
  if (pattern.front() == '*') {
    pattern.remove_prefix(1);
    return value.size() >= pattern.size() && iequals(value.substr(value.size() - pattern.size()), pattern);
  }
  if (pattern.back() == '*') return istarts_with(value, pattern.substr(0, pattern.size() - 1));
  return iequals(value, pattern);
}

bool fits(const VerdictRow& row, int status, const ErrorFacts& body) noexcept {
  if (status < row.statuses.first || status > row.statuses.last) return false;
  switch (row.field) {
    case Field::status: return true;
    case Field::code: return matches(body.code, row.pattern);
    case Field::type: return matches(body.type, row.pattern);
    case Field::detail: return matches(body.detail_code, row.pattern);
    case Field::error_type: return matches(body.error_type, row.pattern);
    case Field::limit_source: return matches(body.limit_source, row.pattern);
    case Field::text: return contains(body.text, row.pattern);
  }
  return false;
}

Judgement judge_transport(const Outcome& outcome) noexcept {
  switch (outcome.transport.value_or(ErrorCode::internal)) {
    case ErrorCode::upstream_unreachable: return {FailureClass::retry_now, Reason::unreachable, {}};
    case ErrorCode::upstream_reset: return {FailureClass::retry_now, Reason::reset, {}};
    case ErrorCode::upstream_timeout: return {FailureClass::retry_now, Reason::timeout, {}};
    case ErrorCode::upstream_truncated: return {FailureClass::retry_now, Reason::truncated, {}};
    case ErrorCode::upstream_tls: return {FailureClass::final, Reason::tls, {}};
    case ErrorCode::upstream_protocol: return {FailureClass::final, Reason::protocol, {}};
    default: return {FailureClass::final, Reason::other, {}};
  }
}

bool one_call_only(int status) noexcept {
  return status == 400 || status == 401 || status == 403 || status == 404 || status == 413 || status == 422;
}

}  // namespace

int effective_status(const Outcome& outcome) noexcept {
  const int status = outcome.status.value_or(0);
  if (!outcome.status || status >= 400 || !outcome.body.is_error) return status;
  const auto named = parse_u64(outcome.body.code);
  return named && *named >= 400 && *named <= 599 ? static_cast<int>(*named) : kUnnamedFailure;
}

Judgement judge(const Outcome& outcome) noexcept {
  if (!outcome.status) return judge_transport(outcome);
  const int status = effective_status(outcome);
  if (status < 400) return {};

  Judgement judgement{FailureClass::final, Reason::other, {}};  // a status above 599
  Field looked_at = Field::status;
  for (const auto& row : verdict_rows()) {
    if (!fits(row, status, outcome.body)) continue;
    judgement = row.judgement;
    looked_at = row.field;
    break;
  }
  if (outcome.upstream_advice == false && passing(judgement.cls)) return {FailureClass::final, Reason::advised, {}};
  if (outcome.upstream_advice == true && judgement.cls == FailureClass::final && looked_at == Field::status &&
      !one_call_only(status))
    return {FailureClass::retry_now, Reason::advised, {}};
  if (outcome.retry_after && judgement.cls == FailureClass::retry_after && (status == 503 || status == 529))
    judgement.cls = FailureClass::pause_upstream;
  return judgement;
}

}  // namespace tidegate::policy
