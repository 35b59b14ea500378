#include "daemon/dispatch/answer_check.h"

#include "common/ascii.h"
#include "daemon/dispatch/error_body.h"
#include "daemon/dispatch/held_stream.h"
#include "daemon/policy/rate_hints.h"

namespace tidegate::dispatch {

std::optional<std::string_view> first_event_data(std::string_view bytes) noexcept {
  std::optional<std::string_view> data;
  while (true) {
    const auto end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = bytes.substr(0, end);
    if (line.empty() && data) return data;
    if (!data && line.substr(0, 5) == "data:") data = trim(line.substr(5));
    bytes.remove_prefix(end + (bytes.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

bool AnswerCheck::event_stream() const {
  const auto& head = *stream_->head();
  return head.status < 400 && istarts_with(head.find("content-type"), "text/event-stream");
}

// Failures, and what may be one behind a good status: proxies send `{"error":…}` as 200, with and without a length.
bool AnswerCheck::wanted_whole() const {
  const auto& head = *stream_->head();
  if (head.status >= 400) return true;
  if (head.content_length) return *head.content_length <= kHeldAnswer;
  return istarts_with(head.find("content-type"), "application/json");
}

void AnswerCheck::take() {
  std::string piece;
  stream_->take(piece);
  if (held_.empty())
    held_ = std::move(piece);
  else
    held_ += piece;
}

bool AnswerCheck::ready() {
  if (stream_->head() == nullptr) return stream_->done();
  const bool events = event_stream();
  if (!events && !wanted_whole()) return stream_->done() || stream_->available() > 0;
  const auto enough = events ? kFirstEvent : kHeldAnswer;
  while (stream_->available() > 0 && held_.size() < enough) take();
  return stream_->done() || held_.size() >= enough || (events && first_event_data(held_));
}

policy::Outcome AnswerCheck::outcome(std::chrono::system_clock::time_point now) const {
  policy::Outcome outcome;
  const auto* head = stream_->head();
  const auto* error = stream_->error();
  // A failure whose body broke off is still that failure.
  if (head == nullptr || (error != nullptr && head->status < 400)) {
    outcome.transport = error->code;
  } else if (event_stream()) {
    outcome.status = head->status;
    outcome.body = read_error_body(first_event_data(held_).value_or(""), head->status);
    if (outcome.body.is_error) outcome.retry_after = policy::asked_wait(head->headers, outcome.body, now);
  } else {
    const bool whole = stream_->done() && error == nullptr && held_.size() + stream_->available() <= kMaxErrorBody;
    outcome = read_outcome(head->status, head->headers, whole || head->status >= 400 ? held_ : std::string_view(), now);
  }
  outcome.stale_connection = stream_->info().stale_connection;
  return outcome;
}

std::unique_ptr<upstream::ResponseStream> AnswerCheck::release() {
  if (held_.empty()) return std::move(stream_);
  return std::make_unique<HeldStream>(std::move(stream_), std::move(held_));
}

}  // namespace tidegate::dispatch
