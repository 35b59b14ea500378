#include "cli/control_client.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/failure.h"
#include "cli/json_view.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

// A reload resolves secrets, which may take a while; everything else is answered at once.
constexpr std::chrono::milliseconds kAnswerTimeout{30'000};

}  // namespace

HttpReply send(const Context& context, std::string_view socket_name, const HttpRequest& request) {
  const auto socket = find_socket(context.runtime_dirs, socket_name);
  try {
    return http_over_unix(socket, request);
  } catch (const ConnectError& error) {
    throw Unreachable(unreachable_line(context.runtime_dirs, socket_name, error.reason));
  }
}

nlohmann::json parse_answer(const std::string& body) {
  auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object()) throw Failure(kRefused, "the daemon's answer is no JSON object: " + clean(body, 80));
  return answer;
}

std::string refusal_line(const HttpReply& reply) {
  const auto answer = nlohmann::json::parse(reply.body, nullptr, false);
  auto line = answer.is_discarded() ? std::nullopt : error_line(answer);
  if (!line)
    line = fmt::format("HTTP status {}{}{}", reply.status, reply.body.empty() ? "" : ": ", clean(reply.body, 200));
  return *line;
}

std::string ControlClient::ask(const char* method, const std::string& path) const {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.timeout = kAnswerTimeout;
  auto reply = send(context_, kControlSocketName, request);
  const auto socket = clean(find_socket(context_.runtime_dirs, kControlSocketName).string());
  switch (reply.end) {
    case HttpEnd::complete: break;
    case HttpEnd::timed_out:
      throw Unreachable(
          fmt::format("the daemon at {} did not answer within {} s", socket, kAnswerTimeout.count() / 1'000));
    case HttpEnd::too_large: throw Failure(kRefused, "the daemon's answer is too large");
    default: throw Unreachable(fmt::format("the daemon at {} hung up without a whole answer", socket));
  }
  if (reply.status / 100 != 2) throw Failure(kRefused, refusal_line(reply));
  return std::move(reply.body);
}

}  // namespace tidegate::cli
