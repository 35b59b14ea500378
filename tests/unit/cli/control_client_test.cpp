#include "cli/control_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/failure.h"
#include "tests/unit/cli/fake_server.h"

namespace tidegate::cli {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ParseAnswer, TakesObjectsOnly) {
  EXPECT_EQ(parse_answer("{\"a\":1}").at("a"), 1);
  for (const char* body : {"", "[]", "7", "{", "{}x"}) EXPECT_THROW(parse_answer(body), Failure) << body;
}

TEST(RefusalLine, TheDaemonsWordsElseTheStatus) {
  HttpReply reply;
  reply.status = 503;
  reply.body = R"({"error":{"message":"full","code":"queue_full"}})";
  EXPECT_EQ(refusal_line(reply), "full (queue_full)");
  reply.body = "<b>\n";
  EXPECT_EQ(refusal_line(reply), "HTTP status 503: <b>\\x0a");
  reply.body = "";
  EXPECT_EQ(refusal_line(reply), "HTTP status 503");
}

TEST(ControlClient, AnswersAndRefusals) {
  const FakeServer server(
      Answers{{"GET /good", FakeServer::json("{\"a\": 1}")},
              {"POST /no", FakeServer::json(R"({"error":{"message":"no","code":"forbidden"}})", 403)},
              {"GET /cut", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"}});
  const auto context = server.context();
  const ControlClient client(context);
  EXPECT_EQ(client.get("/good"), "{\"a\": 1}");
  EXPECT_THAT([&] { (void)client.post("/no"); }, ThrowsMessage<Failure>(HasSubstr("no (forbidden)")));
  EXPECT_THAT([&] { (void)client.get("/cut"); }, ThrowsMessage<Unreachable>(HasSubstr("hung up")));
  EXPECT_THAT([&] { (void)client.get("/none"); }, ThrowsMessage<Unreachable>(HasSubstr("hung up")));
}

TEST(ControlClient, NobodyThere) {
  Context context;
  context.runtime_dirs = {"/nonexistent"};
  EXPECT_THAT([&] { (void)ControlClient(context).get("/v1/status"); },
              ThrowsMessage<Unreachable>(HasSubstr("/nonexistent/control.sock")));
}

}  // namespace
}  // namespace tidegate::cli
