#include "daemon/gateway/relay.h"

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/dispatch/forward_headers.h"
#include "daemon/gateway/stream_end.h"
#include "daemon/http/error_response.h"

namespace tidegate::gateway {

using observe::Outcome;
using observe::Truncation;

Relay::Relay(http::Connection& connection, http::ResponseWriter& response, dispatch::Exchange& exchange,
             dispatch::Answer& answer, const AnswerInfo& info)
    : connection_(connection),
      response_(response),
      exchange_(exchange),
      stream_(*answer.stream),
      head_(*answer.stream->head()),
      advice_(answer.advice),
      failed_(head_.status >= 400 || (answer.advice.status >= 400 && !is_event_stream(head_))),
      info_(info),
      judge_(upstream::dialect_of(connection.head().path)),
      event_stream_(is_event_stream(head_)),
      head_sent_(response.started()),
      sized_(head_.content_length.has_value() && !head_sent_) {}

Task<RelayEnd> Relay::run() {
  exchange_.entry.enter(observe::ExchangeRecord::State::streaming, Clock::now());
  RelayEnd end = co_await pass_on();
  end.event_stream = event_stream_ && !failed_;
  end.malformed = judge_.malformed();
  end.terminal_added = judge_.done_added();
  co_return end;
}

Task<RelayEnd> Relay::pass_on() {
  const bool fits = event_stream_ && head_.status == 200;
  if (head_sent_ && !fits) co_return co_await run_late_answer();
  if (!head_sent_) begin_head();
  if (failed_) co_return co_await run_error();
  co_return co_await run_body();
}

Error Relay::deadline_error() {
  return {ErrorCode::deadline_exceeded, "the request's deadline passed in mid-answer (X-Tidegate-Deadline-Ms)"};
}

void Relay::begin_head() {
  const int status = failed_ ? advice_.status : head_.status;
  response_.begin(status, status == head_.status ? std::string_view(head_.reason) : std::string_view());
  const auto& key = exchange_.snapshot->settings.llm.api_key;
  bool has_request_id = false;
  for (const auto& [name, value] : dispatch::headers_for_client(head_.headers)) {
    // How a client comes again is ours to say: our tries are spent, or our queue knows better.
    if (failed_ && (iequals(name, "x-should-retry") || iequals(name, "retry-after") || iequals(name, "retry-after-ms")))
      continue;
    has_request_id = has_request_id || iequals(name, "x-request-id");
    if (failed_)
      response_.header(name, redact(std::string(value), key));
    else
      response_.header(name, value);
  }
  if (!has_request_id) response_.header("x-request-id", info_.exchange_id);
  info_.add_to(response_);
  if (failed_) http::retry_headers(response_, advice_.may_retry, advice_.retry_after);
}

RelayEnd Relay::client_left() const {
  RelayEnd end{Outcome::cancelled, std::nullopt};
  if (!event_stream_) return end;
  // Many clients hang up on the terminal event instead of waiting for the end of the transfer, and on what is broken.
  const auto fault = judge_.fault();
  if (judge_.complete()) end.outcome = Outcome::succeeded;
  if (fault == Truncation::error_chunk || fault == Truncation::malformed_chunk)
    end = {Outcome::truncated, truncation_error(fault), fault};
  return end;
}

void Relay::look_at(std::string& bytes, bool ended) {
  if (event_stream_) {
    judge_.pass(bytes);
    if (!ended || stream_.error() != nullptr) return;
    const auto missing = judge_.close();
    if (!sized_) bytes += missing;
  } else if (head_.close_delimited && judged_.size() <= kMaxJudged) {
    judged_ += bytes;
  }
}

// Whether the end of the upstream's answer is the end of a whole one. Framing says so of what is no stream of a known
// dialect, except where only the connection's end ends the body.
bool Relay::whole(bool ended) const {
  if (!ended) return false;
  // A stream that is cut behind its terminal event has lost nothing.
  if (event_stream_ && judge_.complete()) return true;
  if (stream_.error() != nullptr) return false;
  if (event_stream_) return !head_.close_delimited && !judge_.knows_dialect();
  return !head_.close_delimited || (judged_.size() <= kMaxJudged && is_json(judged_));
}

// With the last byte that its length promises a stream looks whole: it goes only when it is. True: nothing may go now.
bool Relay::keep_last_piece(std::string& bytes, bool ended) {
  if (!last_piece_.empty()) bytes.insert(0, std::exchange(last_piece_, {}));
  if (!sized_ || !event_stream_ || judge_.complete() || !judge_.knows_dialect()) return false;
  if (bytes.empty() || response_.bytes_sent() + bytes.size() < *head_.content_length) return false;
  if (ended)
    bytes.pop_back();
  else
    last_piece_ = std::exchange(bytes, {});
  return !ended;
}

Task<RelayEnd> Relay::run_body() {
  const bool no_body = exchange_.method == "HEAD" || head_.status == 204 || head_.status == 304;
  const auto length = no_body && !head_.content_length ? std::optional<std::uint64_t>(0) : head_.content_length;
  if (!head_sent_) response_.end_head(length);
  if (no_body) {
    const bool sent = co_await response_.send({}, true);
    co_return sent ? RelayEnd{} : client_left();
  }
  std::string bytes;
  while (true) {
    if (connection_.hung_up()) co_return client_left();
    if (exchange_.deadline.over() && !stream_.done()) {
      if (event_stream_ && judge_.complete()) {  // nothing but the end of the transfer is missing
        const bool sent = co_await response_.send({}, true);
        co_return sent ? RelayEnd{} : client_left();
      }
      Error late = deadline_error();
      co_return co_await truncated(std::move(late), Truncation::deadline);
    }
    if (stream_.available() == 0 && !stream_.done()) {
      // Comments are no sign of life to every client: until there is data, ours go on.
      if (event_stream_ && !sized_ && judge_.awaits_data())
        co_await exchange_.wait(exchange_.deadline.end);
      else
        co_await exchange_.wakeup.wait(exchange_.deadline.end);
      continue;
    }
    stream_.take(bytes);
    // take() may have let more in.
    const bool ended = stream_.done() && stream_.available() == 0;
    look_at(bytes, ended);
    if (keep_last_piece(bytes, ended)) continue;
    const bool complete = whole(ended);
    // Of an error that the upstream told in the stream, its client knows all there is to know.
    const bool told = ended && stream_.error() == nullptr && event_stream_ && judge_.failed();
    const bool last = complete || (told && !sized_);
    if (!bytes.empty() || last) {
      const bool sent = co_await response_.send(bytes, last);
      exchange_.entry.record().bytes_sent = response_.bytes_sent();
      if (!sent) co_return client_left();
    }
    if (complete) co_return RelayEnd{};
    if (told) {
      RelayEnd end{Outcome::truncated, truncation_error(Truncation::error_chunk), Truncation::error_chunk};
      co_return end;
    }
    if (ended || judge_.caught()) {
      const auto reason = truncation();
      Error cut = ended && stream_.error() != nullptr ? *stream_.error() : truncation_error(reason);
      co_return co_await truncated(std::move(cut), reason);
    }
  }
}

Truncation Relay::truncation() const {
  // A stall or reset behind an error is the lesser news.
  if (stream_.error() != nullptr && !(event_stream_ && judge_.failed())) return truncation_by(stream_.error()->code);
  return event_stream_ ? judge_.fault() : Truncation::cut_body;
}

Task<RelayEnd> Relay::truncated(Error error, Truncation reason) {
  // Behind half an event another one would be read as its continuation: then only the broken transfer tells.
  if (event_stream_ && !sized_ && judge_.can_insert_event() && !judge_.failed()) {
    const std::string event = error_event(judge_.dialect(), error);
    co_await response_.send(event, false);
  }
  response_.close_after();
  // An HTTP/1.0 client takes the end of the connection for the end of the answer: only a reset tells it otherwise.
  if (connection_.head().version == 10) connection_.reset_on_close();
  RelayEnd end{Outcome::truncated, std::move(error), reason};
  co_return end;
}

}  // namespace tidegate::gateway
