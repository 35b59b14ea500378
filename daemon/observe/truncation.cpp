#include "daemon/observe/truncation.h"

namespace tidegate::observe {

std::string_view to_string(Truncation reason) noexcept {
  switch (reason) {
    case Truncation::none: return "";
    case Truncation::cut_before_finish: return "cut_before_finish";
    case Truncation::done_without_finish: return "done_without_finish";
    case Truncation::malformed_chunk: return "malformed_chunk";
    case Truncation::error_chunk: return "error_chunk";
    case Truncation::stalled: return "stalled";
    case Truncation::reset: return "reset";
    case Truncation::deadline: return "deadline";
    case Truncation::bad_framing: return "bad_framing";
    case Truncation::cut_body: return "cut_body";
  }
  return "";
}

}  // namespace tidegate::observe
