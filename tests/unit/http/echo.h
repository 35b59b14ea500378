#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/http/error_response.h"
#include "daemon/http/response_writer.h"

namespace tidegate::http {

/// What the echo has seen of a connection.
struct EchoLog {
  std::vector<std::string> requests;  ///< "METHOD path body"
  std::vector<ErrorCode> errors;
  bool ended = false;
};

/// Serves a connection like the daemon does: each request is answered with its own text.
inline Task<> echo(std::shared_ptr<Connection> connection, EchoLog& log) {
  bool answer_more = true;
  while (answer_more) {
    Result<Connection::Head> head = co_await connection->read_head();
    ResponseWriter response(*connection);
    if (head && *head == Connection::Head::closed) {
      log.ended = true;
      co_return;
    }
    std::string body;
    Result<Ok> read = Ok{};
    if (head)
      read = co_await connection->read_body(body);
    else
      read = head.error();
    if (!read) {
      log.errors.push_back(read.error().code);
      response.close_after();
      co_await send_error(response, read.error());
      break;
    }
    const std::string text =
        std::string(connection->head().method) + " " + std::string(connection->head().path) + " " + body;
    log.requests.push_back(text);
    response.begin(200);
    co_await response.send_whole(text);
    answer_more = !response.must_close();
  }
  co_await connection->close_gracefully();
  log.ended = true;
}

}  // namespace tidegate::http
