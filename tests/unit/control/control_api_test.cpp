#include "daemon/control/control_api.h"

#include <unistd.h>

#include "tests/unit/control/control_fixture.h"

namespace tidegate::control {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct ControlApiTest : ControlTest {
  ControlApi api{sources};

  http::ClientEnd connect(http::Peer peer) {
    auto [socket, client] = wire.pair();
    auto connection = std::make_shared<http::Connection>(std::move(socket), std::make_shared<http::Limits>(), peer);
    wire.tasks.spawn(api.serve(std::move(connection)));
    return std::move(client);
  }
  std::string ask(const std::string& request_line, const std::string& fields = "",
                  http::Peer peer = {true, ::geteuid()}) {
    auto client = connect(peer);
    client.send(request_line + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    wire.settle();
    return client.receive();
  }
};

TEST_F(ControlApiTest, AnswersInJsonThatNobodyKeeps) {
  const auto answer = ask("GET /v1/status");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"));
  EXPECT_THAT(answer, EndsWith("}\n"));
  EXPECT_TRUE(Json::accept(answer.substr(answer.find("\r\n\r\n") + 4)));
}

TEST_F(ControlApiTest, UnknownPathsAndMethodsAreTold) {
  EXPECT_THAT(ask("GET /v1/nothing"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("GET /"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("POST /v1/status"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("GET /v1/drain"), StartsWith("HTTP/1.1 405 "));
  EXPECT_EQ(drains, 0);
}

TEST_F(ControlApiTest, ChangingIsForTheOwnerAndRoot) {
  const auto stranger = ::geteuid() + 4711;
  const auto refused = ask("POST /v1/drain", "", {true, stranger});
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(refused, HasSubstr("\"code\":\"forbidden\""));
  EXPECT_THAT(ask("POST /v1/drain", "", {true, std::nullopt}), StartsWith("HTTP/1.1 403 ")) << "nobody known";
  EXPECT_EQ(drains, 0);
  EXPECT_THAT(ask("GET /v1/status", "", {true, stranger}), StartsWith("HTTP/1.1 200 ")) << "reading is the mode's";
  EXPECT_THAT(ask("POST /v1/drain", "", {true, 0}), StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(ask("POST /v1/drain"), StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(drains, 2);
}

TEST_F(ControlApiTest, BrowsersAreRefused) {
  for (const std::string fields :
       {"Origin: http://localhost\r\n", "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Mode: navigate\r\n"}) {
    EXPECT_THAT(ask("GET /v1/status", fields), StartsWith("HTTP/1.1 403 ")) << fields;
    EXPECT_THAT(ask("POST /v1/drain", fields), StartsWith("HTTP/1.1 403 ")) << fields;
  }
  EXPECT_EQ(drains, 0);
}

TEST_F(ControlApiTest, TheConnectionGoesOnBehindABodyAndAnError) {
  auto client = connect({true, ::geteuid()});
  client.send(
      "POST /v1/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
      "GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n");
  wire.settle();
  const auto answers = client.receive();
  EXPECT_THAT(answers, HasSubstr("\"unchanged\""));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 404 "));
  EXPECT_THAT(answers, HasSubstr("\"health\""));
  EXPECT_FALSE(client.ended());
}

TEST_F(ControlApiTest, AMalformedRequestEndsTheConnection) {
  auto client = connect({true, ::geteuid()});
  client.send("GET /v1/status HTTP/1.1\r\nHost : a\r\n\r\n");
  wire.settle();
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.ended());
}

}  // namespace
}  // namespace tidegate::control
