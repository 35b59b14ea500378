// A request's straight path: read → inspect → wait and try (dispatch) → pass the answer on → count and log.
#include <fmt/format.h>

#include "daemon/dispatch/forward_headers.h"
#include "daemon/dispatch/queue_full.h"
#include "daemon/dispatch/session_key.h"
#include "daemon/gateway/gateway.h"
#include "daemon/gateway/heartbeat.h"
#include "daemon/gateway/relay.h"
#include "daemon/gateway/stream_end.h"
#include "daemon/http/error_response.h"
#include "daemon/observe/logging.h"

namespace tidegate::gateway {

using dispatch::Exchange;
using observe::ExchangeEnd;
using observe::Outcome;

namespace {

std::uint64_t as_ms(Clock::duration duration) noexcept {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

dispatch::DeadlineFields deadline_fields(const http::RequestHead& head) {
  return {head.find("x-tidegate-deadline-ms"), head.find("x-stainless-timeout"), head.find("x-stainless-read-timeout")};
}

void log_end(const observe::ExchangeRecord& record, const ExchangeEnd& end, Clock::duration total) {
  observe::log_info("exchange", {{"exchange", record.id},
                                 {"client", record.client},
                                 {"method", record.method},
                                 {"path", record.path},
                                 {"model", record.model},
                                 {"shared_with", record.shared_with},
                                 {"status", end.status},
                                 {"outcome", to_string(end.outcome)},
                                 {"truncated_by", to_string(end.truncation)},
                                 {"attempts", record.attempts},
                                 {"queue_ms", end.queue_ms.count()},
                                 {"total_ms", as_ms(total)},
                                 {"bytes", record.bytes_sent},
                                 {"error", end.error}});
}

void count_stream(observe::Counters::Streams& streams, const RelayEnd& passed) {
  if (!passed.event_stream) return;
  if (passed.outcome == Outcome::succeeded) ++streams.complete;
  if (passed.outcome == Outcome::truncated) ++streams.truncated[static_cast<std::size_t>(passed.truncation)];
  streams.malformed_chunks += passed.malformed;
  if (passed.terminal_added) ++streams.terminal_added;
}

}  // namespace

Task<> Gateway::forward(http::Connection& connection, http::ResponseWriter& response, const Principal& principal) {
  const auto client = principal.name;
  const auto started = Clock::now();
  const auto& head = connection.head();
  auto& counters = dispatcher_.counters.requests;
  ++counters.total;
  const std::string id = new_id();
  auto entry = exchanges_.begin(id, head.method, head.path, started);
  if (!client.empty()) entry.set_client(client);

  ExchangeEnd end;
  const auto fail = [&](const Error& error) {
    end.outcome = error.code == ErrorCode::client_gone ? Outcome::cancelled : Outcome::failed;
    end.status = error.code == ErrorCode::client_gone ? 0 : error_info(error.code).http_status;
    end.error = error.message;
  };

  std::shared_ptr<std::string> body;
  std::optional<Error> refused;
  if (head.has_body()) {
    body = std::make_shared<std::string>();
    Result<Ok> read = co_await connection.read_body(*body);
    if (!read) {
      refused = read.error();
      response.close_after();
    }
  }
  HeldBytes held(dispatcher_.queue, client, body != nullptr ? body->size() : 0);
  if (!refused && !held) refused = dispatch::queue_full(held.refusal(), dispatcher_.queue.bounds());
  CallKey key;
  if (!refused && head.has("idempotency-key")) {
    auto checked = call_key(head, client, body != nullptr ? std::string_view(*body) : std::string_view());
    if (checked)
      key = std::move(*checked);
    else
      refused = checked.error();
  }
  Result<dispatch::Deadline> deadline = dispatch::request_deadline(deadline_fields(head), started);
  if (!refused && !deadline) refused = deadline.error();
  const auto priority = dispatch::asked_priority(head.headers);
  if (!refused && !priority) refused = priority.error();
  if (!refused) {
    connection.watch_for_hangup();
    Exchange exchange{.id = id,
                      .snapshot = snapshot_,
                      .method = head.method,
                      .target = std::string(head.path).append(head.query),
                      .headers = dispatch::headers_for_upstream(head.headers),
                      .body = body,
                      .stream = false,
                      .started = started,
                      .weight = principal.weight,
                      .session = {},
                      .priority = priority->value_or(principal.priority),
                      .deadline = *deadline,
                      .wakeup = connection.wakeup(),
                      .client_gone = [&connection] { return connection.hung_up(); },
                      .entry = entry};
    if (!head.has("x-request-id")) exchange.headers.push_back({"X-Request-Id", id});
    dispatch::BodyFacts facts;
    if (body != nullptr) {
      facts = inspector_.inspect(*body);
      const bool named = dispatch::set_default_model(*body, facts, exchange.snapshot->settings.llm.model);
      exchange.stream = facts.stream;
      entry.record().stream = facts.stream;
      entry.set_model(named ? std::string_view(exchange.snapshot->settings.llm.model) : facts.model);
    }
    exchange.session = dispatch::session_key(head.headers, facts.user);

    dispatch::Attempts attempts(dispatcher_, exchange);
    Heartbeat heartbeat(connection, response, exchange, attempts);
    exchange.keep_alive = &heartbeat;
    std::unique_ptr<SharedListener> shared;  // null: the upstream call is this request's alone
    Result<dispatch::Answer> answer = Error{};
    if (key) {
      auto entered = shared_calls_.enter(std::move(key), exchange, held);
      if (entered)
        shared = std::move(*entered);
      else
        refused = entered.error();
    }
    if (shared != nullptr) {
      body.reset();  // the call has it, or has one like it
      answer = co_await shared->answer();
    } else if (refused) {
      answer = *refused;
    } else {
      answer = co_await attempts.run();
    }
    const auto queued = shared != nullptr ? shared->queued() : attempts.queued();
    end.queue_ms = std::chrono::duration_cast<std::chrono::milliseconds>(queued);
    if (!answer) {
      refused = answer.error();
    } else {
      end.first_byte_ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
      const AnswerInfo info{id, entry.record().attempts, as_ms(queued)};
      Relay relay(connection, response, exchange, *answer, info);
      RelayEnd passed = co_await relay.run();
      end.status = response.status();
      end.outcome = passed.outcome;
      end.truncation = passed.truncation;
      count_stream(dispatcher_.counters.streams, passed);
      if (passed.error) end.error = passed.error->message;
    }
    dispatcher_.counters.streams.heartbeats += heartbeat.beats();
  }
  if (refused) {
    fail(*refused);
    const AnswerInfo info{id, entry.record().attempts, static_cast<std::uint64_t>(end.queue_ms.count())};
    if (refused->code == ErrorCode::client_gone)
      response.close_after();
    else if (response.started())
      co_await refuse_in_stream(connection, response, *refused);
    else
      co_await refuse(response, *refused, &info);
    if (response.started() && end.status != 0) end.status = response.status();
  }

  switch (end.outcome) {
    case Outcome::succeeded: ++counters.succeeded; break;
    case Outcome::failed: ++counters.failed; break;
    case Outcome::cancelled: ++counters.cancelled; break;
    case Outcome::truncated: ++counters.truncated; break;
  }
  const auto now = Clock::now();
  log_end(entry.record(), end, now - started);
  entry.finish(std::move(end), now, std::chrono::system_clock::now());
}

}  // namespace tidegate::gateway
