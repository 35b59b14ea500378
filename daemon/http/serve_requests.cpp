#include "daemon/http/serve_requests.h"

namespace tidegate::http {

Task<> serve_requests(std::shared_ptr<Connection> connection, AnswerRequest answer, RefuseRequest refuse) {
  while (true) {
    Result<Connection::Head> head = co_await connection->read_head();
    if (!head) {
      ResponseWriter response(*connection);
      response.close_after();
      co_await refuse(response, head.error());
      break;
    }
    if (*head == Connection::Head::closed) co_return;
    const bool keep = co_await answer(*connection);
    if (!keep) break;
  }
  co_await connection->close_gracefully();
}

}  // namespace tidegate::http
