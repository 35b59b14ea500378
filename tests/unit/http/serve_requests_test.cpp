#include "daemon/http/serve_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/http/error_response.h"
#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct ServeRequestsTest : testing::Test {
  ServeRequestsTest() {
    auto [connection, end] = wire.connect();
    client = std::make_unique<ClientEnd>(std::move(end));
    wire.tasks.spawn(serve_requests(
        std::move(connection), [this](Connection& ready) { return answer(ready); },
        [](ResponseWriter& response, const Error& error) { return send_error(response, error); }));
    wire.settle();
  }

  Task<bool> answer(Connection& connection) {
    paths.emplace_back(connection.head().path);
    ResponseWriter response(connection);
    if (paths.back() == "/last") response.close_after();
    response.begin(200);
    co_await response.send_whole("ok");
    co_return !response.must_close();
  }

  std::string ask(std::string_view bytes) {
    client->send(bytes);
    wire.settle();
    return client->receive();
  }

  Wire wire;
  std::unique_ptr<ClientEnd> client;
  std::vector<std::string> paths;
};

TEST_F(ServeRequestsTest, AnswersOneAfterTheOtherUntilTheAnswerEndsTheConnection) {
  EXPECT_THAT(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_FALSE(client->ended());
  EXPECT_THAT(ask("GET /last HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n"),
              HasSubstr("Connection: close"));
  EXPECT_THAT(paths, ElementsAre("/a", "/b", "/last"));
  client->receive();
  EXPECT_TRUE(client->ended());
}

TEST_F(ServeRequestsTest, RefusesWhatIsNoRequestAndEndsTheConnection) {
  EXPECT_THAT(ask("GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(paths, testing::IsEmpty());
  client->receive();
  EXPECT_TRUE(client->ended());
}

TEST_F(ServeRequestsTest, EndsWithoutAWordWhereTheClientLeavesBetweenRequests) {
  client->finish_sending();
  wire.settle();
  EXPECT_EQ(client->receive(), "");
  EXPECT_EQ(wire.tasks.size(), 0U);
}

}  // namespace
}  // namespace tidegate::http
