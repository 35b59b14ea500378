#include "tests/support/sim/answer.h"

#include <utility>

#include "tests/support/sim/error_answers.h"

namespace tidegate::sim {

Answer text_answer(int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.length = body.size();
  answer.body = string_source(std::make_shared<const std::string>(std::move(body)));
  return answer;
}

Answer error_answer(const Request& request, int status, std::string_view message) {
  return text_answer(status, error_body(request.path(), status, message));
}

Answer reply_answer(const Reply& reply) {
  Answer answer;
  if (reply.script) {
    answer.content_type = "text/event-stream; charset=utf-8";
    answer.headers.emplace_back("Cache-Control", "no-cache");
    answer.body = script_source(reply.script);
  } else if (reply.long_body) {
    answer.length = reply.long_body->bytes();
    answer.body = long_body_source(reply.long_body);
  } else {
    answer.length = reply.body->size();
    answer.body = string_source(reply.body);
  }
  return answer;
}

Answer source_answer(std::unique_ptr<BodySource> body, std::optional<std::uint64_t> length) {
  Answer answer;
  answer.length = length;
  answer.body = std::move(body);
  return answer;
}

}  // namespace tidegate::sim
