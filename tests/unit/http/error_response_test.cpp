#include "daemon/http/error_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ErrorBody, HasOpenAisShape) {
  const auto body = nlohmann::json::parse(error_body({ErrorCode::queue_full, "1000 requests \"wait\""}));
  EXPECT_EQ(body, nlohmann::json::parse(R"({"error":{"message":"1000 requests \"wait\"","type":"tidegate_error",)"
                                        R"("code":"queue_full","param":null}})"));
}

TEST(ErrorBody, IsJsonWhateverTheBytes) {
  EXPECT_TRUE(nlohmann::json::accept(error_body({ErrorCode::internal, "\xff\xfe\x01\xc3"})));
}

Task<> answer_with(std::shared_ptr<Connection> connection, Error error, std::optional<std::chrono::milliseconds> wait) {
  Result<Connection::Head> head = co_await connection->read_head();
  EXPECT_TRUE(head.ok());
  ResponseWriter response(*connection);
  co_await send_error(response, error, wait);
}

std::string answer(ErrorCode code, std::optional<std::chrono::milliseconds> wait = std::nullopt) {
  Wire wire;
  auto [connection, client] = wire.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.tasks.spawn(answer_with(connection, {code, "why"}, wait));
  wire.settle();
  return client.receive();
}

TEST(SendError, EachCodeSteersTheSdks) {
  for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    const auto& info = error_info(code);
    const auto text = answer(code);
    EXPECT_THAT(text, StartsWith("HTTP/1.1 " + std::to_string(info.http_status) + " "));
    EXPECT_THAT(text, HasSubstr("\r\nContent-Type: application/json\r\n"));
    if (info.client_may_retry) {
      EXPECT_THAT(text, HasSubstr("\r\nRetry-After: 1\r\nretry-after-ms: 1000\r\n")) << info.code;
      EXPECT_THAT(text, Not(HasSubstr("x-should-retry"))) << info.code;
    } else {
      EXPECT_THAT(text, HasSubstr("\r\nx-should-retry: false\r\n")) << info.code;
      EXPECT_THAT(text, Not(HasSubstr("etry-after"))) << info.code;
    }
  }
}

TEST(SendError, RetryAfterIsRoundedUp) {
  EXPECT_THAT(answer(ErrorCode::queue_full, 1ms), HasSubstr("\r\nRetry-After: 1\r\nretry-after-ms: 1\r\n"));
  EXPECT_THAT(answer(ErrorCode::queue_full, 2000ms), HasSubstr("\r\nRetry-After: 2\r\nretry-after-ms: 2000\r\n"));
  EXPECT_THAT(answer(ErrorCode::queue_full, 2001ms), HasSubstr("\r\nRetry-After: 3\r\nretry-after-ms: 2001\r\n"));
}

}  // namespace
}  // namespace tidegate::http
