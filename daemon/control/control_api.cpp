#include "daemon/control/control_api.h"

#include <unistd.h>

#include "daemon/control/commands.h"
#include "daemon/http/error_response.h"
#include "daemon/http/serve_requests.h"
#include "daemon/observe/logging.h"

namespace tidegate::control {
namespace {

// Reading is what the socket's mode allows; changing is for its owner and root, whatever the mode became.
bool may_change(const http::Peer& peer) { return peer.uid && (*peer.uid == 0 || *peer.uid == ::geteuid()); }

// No browser can reach a Unix socket by itself; one that something forwards to it says so in these fields.
bool from_browser(const http::RequestHead& head) {
  return head.has("origin") || head.has("sec-fetch-site") || head.has("sec-fetch-mode");
}

Result<const Command*> find(const http::RequestHead& head, const http::Peer& peer) {
  if (from_browser(head)) return Error{ErrorCode::foreign_origin, "the control socket is not for browsers"};
  bool path_known = false;
  for (const auto& command : commands()) {
    if (command.path != head.path) continue;
    path_known = true;
    if (command.method != head.method) continue;
    if (command.changes && !may_change(peer))
      return Error{ErrorCode::forbidden, "only the daemon's own user and root may do that"};
    return &command;
  }
  if (path_known) return Error{ErrorCode::method_not_allowed, "that path has another method"};
  return Error{ErrorCode::not_found, "the control socket has no such command"};
}

}  // namespace

Task<> ControlApi::serve(std::shared_ptr<http::Connection> connection) {
  return http::serve_requests(
      std::move(connection), [this](http::Connection& ready) { return answer(ready); },
      [](http::ResponseWriter& response, const Error& error) { return http::send_error(response, error); });
}

Task<bool> ControlApi::answer(http::Connection& connection) {
  http::ResponseWriter response(connection);
  std::string ignored;
  Result<Ok> body = co_await connection.read_body(ignored);  // no command takes one
  Result<const Command*> command =
      body ? find(connection.head(), connection.peer()) : Result<const Command*>(body.error());
  if (!command) {
    if (!body) response.close_after();
    co_await http::send_error(response, command.error());
    co_return !response.must_close();
  }
  if ((*command)->changes)
    observe::log_info("control command", {{"path", (*command)->path}, {"uid", connection.peer().uid.value_or(0)}});
  const Reply reply = (*command)->run(sources_);
  response.begin(reply.status);
  response.header("Content-Type", "application/json");
  response.header("Cache-Control", "no-store");
  const std::string text = reply.body.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  co_await response.send_whole(text);
  co_return !response.must_close();
}

}  // namespace tidegate::control
