#include "daemon/dispatch/gate_pass.h"

#include "daemon/policy/rate_hints.h"

namespace tidegate::dispatch {

void GatePass::answered(const AnswerCheck& check, const policy::Outcome& outcome, const policy::Judgement& judgement,
                        Clock::duration latency) {
  // That a kept connection had died says nothing of the upstream.
  if (outcome.stale_connection) return;
  AttemptEnd end{judgement, outcome.retry_after, {}, latency};
  if (const auto* head = check.stream().head())
    end.requests = policy::parse_rate_hints(head->headers, std::chrono::system_clock::now()).requests;
  told_ = true;
  gate_.answered(model_, pass_, end, Clock::now());
  queue_.gate_changed();
}

}  // namespace tidegate::dispatch
