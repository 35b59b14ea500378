// A request's straight path: read → inspect → wait and try (dispatch) → pass the answer on → count and log.
#include <fmt/format.h>

#include "daemon/dispatch/forward_headers.h"
#include "daemon/gateway/gateway.h"
#include "daemon/gateway/relay.h"
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

// Request bodies in memory, counted against queue.maxBytes.
class HeldBytes {
 public:
  HeldBytes(dispatch::WaitQueue& queue, std::uint64_t bytes)
      : queue_(queue), bytes_(bytes), held_(queue.hold_bytes(bytes)) {}
  ~HeldBytes() {
    if (held_) queue_.free_bytes(bytes_);
  }
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;
  explicit operator bool() const noexcept { return held_; }

 private:
  dispatch::WaitQueue& queue_;
  std::uint64_t bytes_;
  bool held_;
};

void log_end(const observe::ExchangeRecord& record, const ExchangeEnd& end, Clock::duration total) {
  observe::log_info("exchange", {{"exchange", record.id},
                                 {"client", record.client},
                                 {"method", record.method},
                                 {"path", record.path},
                                 {"model", record.model},
                                 {"status", end.status},
                                 {"outcome", to_string(end.outcome)},
                                 {"attempts", record.attempts},
                                 {"queue_ms", end.queue_ms.count()},
                                 {"total_ms", as_ms(total)},
                                 {"bytes", record.bytes_sent},
                                 {"error", end.error}});
}

}  // namespace

Task<> Gateway::forward(http::Connection& connection, http::ResponseWriter& response, std::string_view client) {
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
  const HeldBytes held(dispatcher_.queue, body != nullptr ? body->size() : 0);
  if (!refused && !held)
    refused = Error{ErrorCode::queue_full, fmt::format("the requests in hand hold {} bytes already (queue.maxBytes)",
                                                       dispatcher_.queue.bytes())};
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
                      .wakeup = connection.wakeup(),
                      .client_gone = [&connection] { return connection.hung_up(); },
                      .entry = entry};
    if (!head.has("x-request-id")) exchange.headers.push_back({"X-Request-Id", id});
    if (body != nullptr) {
      const auto facts = inspector_.inspect(*body);
      const bool named = dispatch::set_default_model(*body, facts, exchange.snapshot->settings.llm.model);
      exchange.stream = facts.stream;
      entry.record().stream = facts.stream;
      entry.set_model(named ? std::string_view(exchange.snapshot->settings.llm.model) : facts.model);
    }

    dispatch::Attempts attempts(dispatcher_, exchange);
    Result<dispatch::Answer> answer = co_await attempts.run();
    end.queue_ms = std::chrono::duration_cast<std::chrono::milliseconds>(attempts.queued());
    if (!answer) {
      refused = answer.error();
    } else {
      end.first_byte_ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
      const AnswerInfo info{id, attempts.count(), as_ms(attempts.queued())};
      Relay relay(connection, response, exchange, *answer, info);
      RelayEnd passed = co_await relay.run();
      end.status = response.status();
      end.outcome = passed.outcome;
      if (passed.error) end.error = passed.error->message;
    }
  }
  if (refused) {
    fail(*refused);
    const AnswerInfo info{id, entry.record().attempts, static_cast<std::uint64_t>(end.queue_ms.count())};
    if (refused->code != ErrorCode::client_gone)
      co_await refuse(response, *refused, &info);
    else
      response.close_after();
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
