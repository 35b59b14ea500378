#pragma once

#include <string>
#include <string_view>

#include "daemon/dispatch/attempts.h"
#include "daemon/dispatch/exchange.h"
#include "daemon/http/response_writer.h"
#include "daemon/upstream/dialect.h"

namespace tidegate::gateway {

/// Keeps the client of a streamed request while it waits for its turn, for a connection, for another try or for the
/// first data (OpenRouter streams comments until then): after queue.heartbeat it gets the head of its answer, 200 with
/// an event stream, and an event that says nothing, and after each further queue.heartbeat another such event. What
/// goes wrong then can only be told in the stream. Lives in the exchange's coroutine.
class Heartbeat final : public dispatch::KeepAlive {
 public:
  Heartbeat(http::Connection& connection, http::ResponseWriter& response, dispatch::Exchange& exchange,
            const dispatch::Attempts& attempts);

  [[nodiscard]] TimePoint due() const noexcept override { return due_; }
  Task<> beat() override;

  [[nodiscard]] std::uint64_t beats() const noexcept { return beats_; }

 private:
  void begin_head();

  http::Connection& connection_;
  http::ResponseWriter& response_;
  dispatch::Exchange& exchange_;
  const dispatch::Attempts& attempts_;
  Clock::duration interval_;
  TimePoint due_ = TimePoint::max();
  std::uint64_t beats_ = 0;
};

/// An event that changes nothing in any client, and that all but the `comment`s reset the watchdogs which count events.
///
///     chat       a chunk with `choices: []`, as those that carry usage: every SDK takes it. `id` and `model` are in it
///     messages   `event: ping`, which Anthropic itself sends
///     responses  `keepalive`, which OpenAI itself sends; a comment where strict_about_events()
///
/// `created` is in seconds since 1970.
std::string heartbeat_event(const http::RequestHead& request, std::string_view id, std::string_view model,
                            std::int64_t created);

/// The readers of responses in OpenAI's SDKs that put the answer together raise on any event before
/// `response.created`. They name themselves (X-Stainless-Helper-Method) in JavaScript, not in Python.
bool strict_about_events(const http::RequestHead& request) noexcept;

}  // namespace tidegate::gateway
