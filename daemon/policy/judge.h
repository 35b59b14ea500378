#pragma once

#include "daemon/policy/outcome.h"
#include "daemon/policy/verdict.h"

namespace tidegate::policy {

/// What a good answer counts as whose body says that it is a failure, but names no status.
inline constexpr int kUnnamedFailure = 500;

/// The status that an outcome counts as. A good answer whose body says that it is a failure counts as the status that
/// its error code names (OpenRouter's numeric codes), else as kUnnamedFailure. 0 without an answer.
int effective_status(const Outcome& outcome) noexcept;

/// Judges one attempt by the table of verdicts. Beyond the table:
/// - `x-should-retry: false` is always heard; `true` only where the row looked at nothing but the status, and never on
///   400, 401, 403, 404, 413 and 422, which are one call exactly unless a row says otherwise.
/// - A 503 or 529 that names a wait pauses the upstream (RFC 9110 §10.2.3: so long the service is unavailable).
Judgement judge(const Outcome& outcome) noexcept;

}  // namespace tidegate::policy
