// What is withheld, what is added at the end, and the verdict.
#include "daemon/upstream/stream_judge.h"
#include "daemon/upstream/terminal_line.h"

namespace tidegate::upstream {

using observe::Truncation;

bool StreamJudge::finished() const noexcept {
  if (failed()) return false;
  switch (dialect_) {
    case Dialect::chat: return !garbled_ && choices_.any() && (choices_ & ~finished_choices_).none();
    case Dialect::messages: return !garbled_ && (reason_ || !began_);
    case Dialect::responses: return reason_;
    case Dialect::unknown: return by_path_ == Dialect::unknown || (data_seen_ && !garbled_);
  }
  return false;
}

// A line that may still become a terminal one. Beyond kKept bytes none does.
bool StreamJudge::withholds() const noexcept {
  if (length_ == 0 || length_ > kKept || !guards()) return false;
  return like_done(line()) != Likeness::no ||
         (dialect_ == Dialect::messages && like_message_stop(line()) != Likeness::no);
}

void StreamJudge::pass(std::string& bytes) {
  if (caught_) return bytes.clear();
  const auto passed = seen_ - held_.size();
  feed(bytes);
  auto from = caught_ || withholds() ? line_start_ : seen_;
  // A line that has passed in part cannot be taken back any more.
  if (from < passed) from = caught_ ? passed : seen_;
  if (held_.empty() && from == seen_) return;  // nearly always
  bytes.insert(0, held_);
  const auto passing = bytes.size() - static_cast<std::size_t>(seen_ - from);
  held_.assign(bytes, passing);
  bytes.resize(passing);
  if (caught_) held_.clear();
}

std::string StreamJudge::close() {
  std::string missing;
  if (complete_ || caught_ || withholds()) return missing;
  const bool line_open = length_ > 0;
  if (line_open) line_finished();
  const bool data_open = data_lines_ > 0 && !event_is_done_;
  const auto malformed_before = malformed_;
  if (event_open_) event_finished();
  if (malformed_ > malformed_before) {  // half an event: the end cut it, and nothing may be written behind it
    malformed_ = malformed_before;
    data_lines_ = 1;
    return missing;
  }
  if (dialect_ == Dialect::unknown) return missing;
  if (line_open && (data_open || !complete_)) missing += framing_;
  if (data_open) missing += framing_;
  if (dialect_ == Dialect::chat && !terminal_ && finished()) {
    missing.append("data: [DONE]").append(framing_).append(framing_);
    complete_ = done_added_ = true;
  }
  return missing;
}

Truncation StreamJudge::fault() const noexcept {
  if (complete_) return Truncation::none;
  if (failed()) return Truncation::error_chunk;
  if (malformed_ > 0 && knows_dialect()) return Truncation::malformed_chunk;
  return caught_ ? Truncation::done_without_finish : Truncation::cut_before_finish;
}

}  // namespace tidegate::upstream
