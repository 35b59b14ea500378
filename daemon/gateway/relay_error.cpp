// Passing on an error answer: its text may quote the key that we sent, which the client must not see.
#include <algorithm>

#include "daemon/gateway/relay.h"
#include "daemon/gateway/stream_end.h"

namespace tidegate::gateway {

using observe::Outcome;
using observe::Truncation;

Task<RelayEnd> Relay::run_error() {
  const auto& key = exchange_.snapshot->settings.llm.api_key;
  std::string held;  // read and not yet passed on
  std::string bytes;
  bool streaming = false;
  while (true) {
    if (connection_.hung_up()) co_return client_left();
    const bool late = exchange_.deadline.over() && !stream_.done();
    if (stream_.available() == 0 && !stream_.done() && !late) {
      co_await exchange_.wakeup.wait(exchange_.deadline.end);
      continue;
    }
    stream_.take(bytes);
    if (event_stream_) judge_.feed(bytes);
    held += bytes;
    const bool ended = stream_.done() && stream_.available() == 0;
    if (late || (ended && stream_.error() != nullptr)) {
      if (!streaming) response_.end_head(std::nullopt);
      held = redact(std::move(held), key);
      co_await response_.send(held, false);
      Error cut = late ? deadline_error() : *stream_.error();
      const auto reason = late ? Truncation::deadline : truncation();
      co_return co_await truncated(std::move(cut), reason);
    }
    if (ended) {
      held = redact(std::move(held), key);
      // To a HEAD the upstream's length is what a GET would get.
      const bool head_only = exchange_.method == "HEAD";
      if (!streaming) response_.end_head(head_only ? head_.content_length : std::optional<std::uint64_t>(held.size()));
      const bool sent = co_await response_.send(held, true);
      RelayEnd end{sent ? Outcome::failed : Outcome::cancelled, std::nullopt};
      co_return end;
    }
    if (held.size() <= kMaxErrorBody) continue;
    // Too long to hold: pass it on, but for a tail that the key could begin in.
    if (!streaming) response_.end_head(std::nullopt);
    streaming = true;
    held = redact(std::move(held), key);
    const auto tail = std::min(held.size(), key.reveal().size());
    const bool sent = co_await response_.send(std::string_view(held).substr(0, held.size() - tail), false);
    if (!sent) co_return client_left();
    held.erase(0, held.size() - tail);
  }
}

// The client's stream has begun. An error event and then a proper end: the SDKs raise on the event, and a broken
// transfer could overtake it.
Task<RelayEnd> Relay::run_late_answer() {
  std::string body;
  std::string bytes;
  while (true) {
    if (connection_.hung_up()) co_return client_left();
    if (stream_.available() > 0) {
      stream_.take(bytes);
      body += bytes;
    }
    if (stream_.done() || body.size() > kMaxErrorBody || exchange_.deadline.over()) break;
    if (stream_.available() == 0) co_await exchange_.wakeup.wait(exchange_.deadline.end);
  }
  body = redact(std::move(body), exchange_.snapshot->settings.llm.api_key);
  const auto dialect = upstream::dialect_of(connection_.head().path);
  RelayEnd end{Outcome::failed, Error{ErrorCode::upstream_protocol, answer_as_text(head_.status, body)}};
  const std::string event = answer_as_error_event(dialect, head_.status, body);
  const bool sent = co_await response_.send(event, true);
  if (!sent) end.outcome = Outcome::cancelled;
  co_return end;
}

}  // namespace tidegate::gateway
