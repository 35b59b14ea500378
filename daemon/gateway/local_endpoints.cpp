// What the gateway answers by itself: health checks and the model list.
#include "daemon/gateway/gateway.h"
#include "daemon/http/error_response.h"

namespace tidegate::gateway {
namespace {

// How long the first GET /v1/models waits for the probe that is under way; a list of one model is no good answer then.
constexpr std::chrono::seconds kModelsPatience{3};

}  // namespace

Task<bool> Gateway::serve_local(http::Connection& connection, http::ResponseWriter& response) {
  const auto& head = connection.head();
  if (head.path != "/healthz" && head.path != "/readyz") co_return false;
  if (head.has_body()) response.close_after();
  if (head.method != "GET" && head.method != "HEAD") {
    Error error{ErrorCode::method_not_allowed, "only GET and HEAD"};
    co_await refuse(response, error);
    co_return true;
  }
  // Requests are served only once a configuration is in force, so both say the same except while draining.
  const bool good = head.path == "/healthz" || !draining_;
  response.begin(good ? 200 : 503);
  response.header("Content-Type", "application/json");
  response.header("Cache-Control", "no-store");
  co_await response.send_whole(good ? "{\"status\":\"ok\"}\n" : "{\"status\":\"draining\"}\n");
  co_return true;
}

Task<bool> Gateway::serve_models(http::Connection& connection, http::ResponseWriter& response) {
  auto& upstream = dispatcher_.upstream;
  const auto snapshot = snapshot_;
  if (!upstream.models().fresh(Clock::now())) upstream.refresh_models();
  if (upstream.models().list() == nullptr) {
    connection.watch_for_hangup();
    const auto patience = Clock::now() + kModelsPatience;
    while (upstream.models().list() == nullptr && upstream.refreshing() && !connection.hung_up() &&
           Clock::now() < patience)
      co_await connection.wakeup().wait(std::min(patience, Clock::now() + std::chrono::milliseconds(20)));
  }
  const auto* known = upstream.models().list();
  const upstream::ModelsCache::List list =
      known != nullptr ? *known : upstream::ModelsCache::fallback(snapshot->settings.llm.model);
  response.begin(200);
  response.header("Content-Type", list.content_type);
  co_return co_await response.send_whole(list.body);
}

}  // namespace tidegate::gateway
