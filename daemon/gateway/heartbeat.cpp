#include "daemon/gateway/heartbeat.h"

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/gateway/answer_info.h"

namespace tidegate::gateway {

using observe::ExchangeRecord;
using upstream::Dialect;

Heartbeat::Heartbeat(http::Connection& connection, http::ResponseWriter& response, dispatch::Exchange& exchange,
                     const dispatch::Attempts& attempts)
    : connection_(connection),
      response_(response),
      exchange_(exchange),
      attempts_(attempts),
      interval_(exchange.snapshot->settings.queue.heartbeat) {
  const bool wanted = exchange.stream && exchange.method == "POST" && interval_ > Clock::duration::zero() &&
                      upstream::dialect_of(connection.head().path) != Dialect::unknown;
  if (wanted) due_ = exchange.started + interval_;
}

Task<> Heartbeat::beat() {
  if (!response_.started()) begin_head();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string event = heartbeat_event(connection_.head(), exchange_.id, exchange_.entry.record().model,
                                            std::chrono::duration_cast<std::chrono::seconds>(now).count());
  ++beats_;
  const bool sent = co_await response_.send(event, false);
  due_ = sent ? Clock::now() + interval_ : TimePoint::max();
  exchange_.entry.record().bytes_sent = response_.bytes_sent();
}

void Heartbeat::begin_head() {
  const auto& record = exchange_.entry.record();
  auto queued = attempts_.queued();
  if (record.state == ExchangeRecord::State::queued) queued += Clock::now() - record.state_since;
  // This head promises no compression: attempts that are yet to be made ask for none.
  std::erase_if(exchange_.headers, [](const Header& header) { return iequals(header.name, "accept-encoding"); });
  response_.begin(200);
  response_.header("Content-Type", "text/event-stream; charset=utf-8");
  response_.header("Cache-Control", "no-cache");
  response_.header("x-request-id", exchange_.id);
  const auto queue_ms = std::chrono::duration_cast<std::chrono::milliseconds>(queued).count();
  AnswerInfo{exchange_.id, attempts_.count(), static_cast<std::uint64_t>(queue_ms)}.add_to(response_);
  response_.end_head(std::nullopt);
}

std::string heartbeat_event(const http::RequestHead& request, std::string_view id, std::string_view model,
                            std::int64_t created) {
  switch (upstream::dialect_of(request.path)) {
    case Dialect::messages: return "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    case Dialect::responses:
      if (strict_about_events(request)) return ": keepalive\n\n";
      return "event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":0}\n\n";
    case Dialect::chat:
    case Dialect::unknown: break;
  }
  const bool chat = request.path.ends_with("/chat/completions");
  return fmt::format(R"(data: {{"id":"{}{}","object":"{}","created":{},"model":{},"choices":[]}})"
                     "\n\n",
                     chat ? "chatcmpl-" : "cmpl-", id, chat ? "chat.completion.chunk" : "text_completion", created,
                     json_quote(model));
}

bool strict_about_events(const http::RequestHead& request) noexcept {
  return request.has("x-stainless-helper-method") || iequals(request.find("x-stainless-lang"), "python");
}

}  // namespace tidegate::gateway
