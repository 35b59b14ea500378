#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/context.h"
#include "cli/unix_http.h"

namespace tidegate::cli {

/// Talks to the daemon's control socket. Blocks; one thread.
class ControlClient {
 public:
  explicit ControlClient(const Context& context) : context_(context) {}

  /// The body of a 2xx answer as it came. Throws Unreachable where no daemon answers in time, Failure where it says no.
  std::string get(const std::string& path) const { return ask("GET", path); }
  std::string post(const std::string& path) const { return ask("POST", path); }

 private:
  std::string ask(const char* method, const std::string& path) const;

  const Context& context_;
};

/// Sends the request to the socket of that name; a failed connection becomes Unreachable with the line for the user.
HttpReply send(const Context& context, std::string_view socket_name, const HttpRequest& request);

/// Parses what a daemon said; Failure where it is no JSON object.
nlohmann::json parse_answer(const std::string& body);

/// Why an answer with an error status says no, in one line: the daemon's words, else the status.
std::string refusal_line(const HttpReply& reply);

}  // namespace tidegate::cli
