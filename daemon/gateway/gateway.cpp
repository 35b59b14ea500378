#include "daemon/gateway/gateway.h"

#include <fmt/format.h>

#include "daemon/dispatch/queue_full.h"
#include "daemon/gateway/body_rules.h"
#include "daemon/gateway/stream_end.h"
#include "daemon/http/browser_guard.h"
#include "daemon/http/error_response.h"
#include "daemon/http/serve_requests.h"

namespace tidegate::gateway {

Gateway::Gateway(const Executor& executor, dispatch::Dispatcher& dispatcher, observe::ExchangeLog& exchanges)
    : dispatcher_(dispatcher), exchanges_(exchanges), shared_calls_(executor, dispatcher, exchanges) {}

Task<> Gateway::serve(std::shared_ptr<http::Connection> connection) {
  return http::serve_requests(
      std::move(connection), [this](http::Connection& ready) { return serve_request(ready); },
      [this](http::ResponseWriter& response, const Error& error) { return refuse(response, error); });
}

Task<bool> Gateway::serve_request(http::Connection& connection) {
  http::ResponseWriter response(connection);
  const auto& head = connection.head();
  // Whatever is answered before the body was read leaves it on the wire: the connection cannot go on behind it.
  if (auto guarded = http::refuse_browsers(head, snapshot_->settings.gateway.hosts); !guarded) {
    response.close_after();
    co_await refuse(response, guarded.error());
    co_return false;
  }
  const bool local = co_await serve_local(connection, response);
  if (local) co_return !response.must_close();

  const auto snapshot = snapshot_;  // the principal's name lives in it
  Result<Principal> principal = authenticate(head, connection.peer(), snapshot->settings.gateway.clients);
  Result<Ok> admitted = principal ? admit(connection, principal->name) : Result<Ok>(principal.error());
  if (!admitted) {
    if (head.has_body()) response.close_after();
    co_await refuse(response, admitted.error());
    co_return !response.must_close();
  }
  if (head.method == "GET" && head.path == "/v1/models" && head.query.empty() && !head.has("anthropic-version")) {
    if (head.has_body()) response.close_after();
    co_await serve_models(connection, response);
    co_return !response.must_close();
  }
  co_await forward(connection, response, *principal);
  co_return !response.must_close();
}

Result<Ok> Gateway::admit(const http::Connection& connection, std::string_view client) const {
  const auto& head = connection.head();
  if (head.path != "/v1" && head.path.substr(0, 4) != "/v1/")
    return Error{ErrorCode::not_found, "there is nothing here; the API is under /v1"};
  if (head.method == "CONNECT" || head.method == "TRACE" || head.method == "OPTIONS")
    return Error{ErrorCode::method_not_allowed, "this method is not for the API"};
  if (draining_) return Error{ErrorCode::draining, "the gateway is stopping and takes no new requests"};
  if (auto type = check_body_type(head); !type) return type;
  // One that joins a call takes no place in the queue.
  const auto refusal = dispatcher_.queue.refusal(client);
  if (refusal != policy::QueueRefusal::none && !shared_calls_.knows(call_name(head, client)))
    return dispatch::queue_full(refusal, dispatcher_.queue.bounds());
  return Ok{};
}

Task<bool> Gateway::refuse(http::ResponseWriter& response, const Error& error, const AnswerInfo* info) {
  dispatcher_.counters.refused(error.code);
  const auto& kind = error_info(error.code);
  std::optional<std::chrono::milliseconds> wait;  // only worked out for those who are told it
  if (kind.client_may_retry) wait = dispatch::suggested_wait(dispatcher_.queue, dispatcher_.upstream.typical_latency());
  response.begin(kind.http_status);
  response.header("Content-Type", "application/json");
  http::retry_headers(response, kind.client_may_retry, wait);
  if (info != nullptr) {
    response.header("x-request-id", info->exchange_id);
    info->add_to(response);
  }
  const std::string body = http::error_body(error);
  co_return co_await response.send_whole(body);
}

Task<bool> Gateway::refuse_in_stream(http::Connection& connection, http::ResponseWriter& response, const Error& error) {
  dispatcher_.counters.refused(error.code);
  const std::string event = error_event(upstream::dialect_of(connection.head().path), error);
  co_return co_await response.send(event, true);
}

std::string Gateway::new_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kLength = 24;
  std::string id("req_");
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < kLength; ++at, bits >>= 4U) {
    if (at % 16 == 0) bits = dispatcher_.random();
    id += kDigits[bits & 15U];
  }
  return id;
}

}  // namespace tidegate::gateway
