#include "tests/support/sim/sse_writer.h"

#include <algorithm>
#include <utility>

#include "tests/support/sim/json_text.h"

namespace tidegate::sim {
namespace {

class ScriptSource final : public BodySource {
 public:
  explicit ScriptSource(std::shared_ptr<const SseScript> script) : script_(std::move(script)) {
    if (script_->injection) inject_at_ = std::min(script_->injection->after, script_->text.pieces());
  }

  [[nodiscard]] bool next_is_paced() const override {
    return opened_ == script_->opening.size() && !inject_now() && piece_ < script_->text.pieces();
  }

  Step next(std::string& out) override {
    Step step;
    if (opened_ < script_->opening.size()) {
      out += script_->opening[opened_++];
    } else if (inject_now()) {
      inject_at_.reset();
      out += script_->injection->event;
      if (script_->injection->ends) return {.last = true};
    } else if (piece_ < script_->text.pieces()) {
      append_delta(out);
      step.paced = true;
    } else if (closed_ < script_->closing.size()) {
      out += script_->closing[closed_++];
    }
    step.last = opened_ == script_->opening.size() && piece_ == script_->text.pieces() && !inject_now() &&
                closed_ == script_->closing.size();
    return step;
  }

 private:
  [[nodiscard]] bool inject_now() const { return inject_at_ == piece_; }

  void append_delta(std::string& out) {
    out += script_->delta_before;
    if (script_->first_sequence) {
      out += std::to_string(*script_->first_sequence + piece_);
      out += script_->delta_between;
    }
    scratch_.clear();
    script_->text.append_piece(piece_++, scratch_);
    append_escaped(out, scratch_);
    out += script_->delta_after;
  }

  std::shared_ptr<const SseScript> script_;
  std::size_t opened_ = 0;
  std::uint64_t piece_ = 0;
  std::size_t closed_ = 0;
  std::optional<std::uint64_t> inject_at_;
  std::string scratch_;
};

class LongBodySource final : public BodySource {
 public:
  explicit LongBodySource(std::shared_ptr<const LongBody> body) : body_(std::move(body)) {}

  Step next(std::string& out) override {
    if (piece_ == 0) out += body_->before;
    if (piece_ < body_->text.pieces()) body_->text.append_piece(piece_++, out);
    const bool last = piece_ >= body_->text.pieces();
    if (last) out += body_->after;
    return {.last = last};
  }

 private:
  std::shared_ptr<const LongBody> body_;
  std::uint64_t piece_ = 0;
};

}  // namespace

std::string sse_event(std::string_view event, std::string_view data) {
  std::string out;
  if (!event.empty()) {
    out += "event: ";
    out += event;
    out += '\n';
  }
  out += "data: ";
  out += data;
  out += "\n\n";
  return out;
}

std::unique_ptr<BodySource> script_source(std::shared_ptr<const SseScript> script) {
  return std::make_unique<ScriptSource>(std::move(script));
}

std::unique_ptr<BodySource> long_body_source(std::shared_ptr<const LongBody> body) {
  return std::make_unique<LongBodySource>(std::move(body));
}

}  // namespace tidegate::sim
