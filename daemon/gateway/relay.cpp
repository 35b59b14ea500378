#include "daemon/gateway/relay.h"

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/dispatch/forward_headers.h"
#include "daemon/gateway/stream_end.h"
#include "daemon/http/error_response.h"

namespace tidegate::gateway {

using observe::Outcome;
using policy::Verdict;

void AnswerInfo::add_to(http::ResponseWriter& response) const {
  response.header("x-tidegate-id", exchange_id);
  response.header("x-tidegate-attempts", attempts);
  response.header("x-tidegate-queue-ms", queue_ms);
}

Relay::Relay(http::Connection& connection, http::ResponseWriter& response, dispatch::Exchange& exchange,
             dispatch::Answer& answer, const AnswerInfo& info)
    : connection_(connection),
      response_(response),
      exchange_(exchange),
      stream_(*answer.stream),
      head_(*answer.stream->head()),
      verdict_(answer.verdict),
      info_(info),
      event_stream_(is_event_stream(head_)) {}

Task<RelayEnd> Relay::run() {
  exchange_.entry.enter(observe::ExchangeRecord::State::streaming, Clock::now());
  begin_head();
  if (head_.status >= 400) co_return co_await run_error();
  co_return co_await run_body();
}

void Relay::begin_head() {
  response_.begin(head_.status, head_.reason);
  const bool failed = head_.status >= 400;
  const auto& key = exchange_.snapshot->settings.llm.api_key;
  bool has_request_id = false;
  for (const auto& [name, value] : dispatch::headers_for_client(head_.headers)) {
    // Our own tries are spent: an SDK that is told nothing would multiply them.
    if (failed && verdict_ != Verdict::final_answer && iequals(name, "x-should-retry")) continue;
    has_request_id = has_request_id || iequals(name, "x-request-id");
    if (failed)
      response_.header(name, redact(std::string(value), key));
    else
      response_.header(name, value);
  }
  if (!has_request_id) response_.header("x-request-id", info_.exchange_id);
  info_.add_to(response_);
  if (failed && verdict_ != Verdict::final_answer) response_.header("x-should-retry", "false");
}

RelayEnd Relay::client_left() const {
  // Many clients hang up on the terminal event instead of waiting for the end of the transfer.
  if (event_stream_ && events_.ended()) return {Outcome::succeeded, std::nullopt};
  return {Outcome::cancelled, std::nullopt};
}

// Whether the end of the upstream's answer is the end of a whole one. Framing says so, except where only the
// connection's end ends the body.
bool Relay::whole() const {
  if (!head_.close_delimited) return true;
  if (event_stream_) return events_.ended();
  return judged_.size() <= kMaxJudged && is_json(judged_);
}

Task<RelayEnd> Relay::run_body() {
  const bool no_body = exchange_.method == "HEAD" || head_.status == 204 || head_.status == 304;
  const auto length = no_body && !head_.content_length ? std::optional<std::uint64_t>(0) : head_.content_length;
  response_.end_head(length);
  if (no_body) {
    const bool sent = co_await response_.send({}, true);
    co_return sent ? RelayEnd{} : client_left();
  }
  std::string bytes;
  while (true) {
    if (connection_.hung_up()) co_return client_left();
    if (stream_.available() == 0 && !stream_.done()) {
      co_await exchange_.wakeup.wait();
      continue;
    }
    stream_.take(bytes);
    if (event_stream_) events_.feed(bytes);
    if (head_.close_delimited && !event_stream_ && judged_.size() <= kMaxJudged) judged_ += bytes;
    // take() may have let more in.
    const bool ended = stream_.done() && stream_.available() == 0;
    const bool good_end = ended && stream_.error() == nullptr && whole();
    // A stream that is cut behind its terminal event has lost nothing.
    const bool complete = good_end || (ended && event_stream_ && events_.ended());
    if (!bytes.empty() || complete) {
      const bool sent = co_await response_.send(bytes, complete);
      exchange_.entry.record().bytes_sent = response_.bytes_sent();
      if (!sent) co_return client_left();
    }
    if (complete) co_return RelayEnd{};
    if (ended) {
      Error cut = stream_.error() != nullptr ? *stream_.error()
                                             : Error{ErrorCode::upstream_truncated,
                                                     "the proxy closed the connection before the answer was whole"};
      co_return co_await truncated(std::move(cut));
    }
  }
}

Task<RelayEnd> Relay::truncated(Error error) {
  // Behind half an event another one would be read as its continuation: then only the broken transfer tells.
  if (event_stream_ && events_.at_event_boundary() && !head_.content_length) {
    const std::string event = error_event(connection_.head().path, error);
    co_await response_.send(event, false);
  }
  response_.close_after();
  // An HTTP/1.0 client takes the end of the connection for the end of the answer: only a reset tells it otherwise.
  if (connection_.head().version == 10) connection_.reset_on_close();
  RelayEnd end{Outcome::truncated, std::move(error)};
  co_return end;
}

}  // namespace tidegate::gateway
