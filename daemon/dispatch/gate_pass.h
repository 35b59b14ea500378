#pragma once

#include <string_view>

#include "daemon/dispatch/answer_check.h"
#include "daemon/dispatch/upstream_gate.h"
#include "daemon/dispatch/wait_queue.h"

namespace tidegate::dispatch {

/// One attempt's dealings with the gate: whatever becomes of it, the gate is told once. Loop thread only.
class GatePass {
 public:
  /// `model` and all of the others must outlive it.
  GatePass(UpstreamGate& gate, WaitQueue& queue, std::string_view model, const Slot& slot)
      : gate_(gate), queue_(queue), model_(model), pass_(slot.pass()) {}
  ~GatePass() {
    if (told_) return;
    gate_.given_up(model_, Clock::now());
    queue_.gate_changed();
  }
  GatePass(const GatePass&) = delete;
  GatePass& operator=(const GatePass&) = delete;

  /// `latency` from the attempt's start to its answer or failure.
  void answered(const AnswerCheck& check, const policy::Outcome& outcome, const policy::Judgement& judgement,
                Clock::duration latency);

 private:
  UpstreamGate& gate_;
  WaitQueue& queue_;
  std::string_view model_;
  Gate::Pass pass_;
  bool told_ = false;
};

}  // namespace tidegate::dispatch
