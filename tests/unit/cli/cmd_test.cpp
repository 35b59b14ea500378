#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/failure.h"
#include "common/version.h"
#include "tests/unit/cli/fake_server.h"

namespace tidegate::cli {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// One command against canned answers: what it prints and its exit code. The whole program, signals and terminals are
// tests/integration/cli_fake_test.py's.
struct Outcome {
  int exit_code;
  std::string out;
};

template <class Command>
Outcome outcome_of(const Command& command, Answers answers) {
  const FakeServer server(std::move(answers));
  testing::internal::CaptureStdout();
  int code = -1;
  try {
    code = run(command, server.context());
  } catch (...) {
    testing::internal::GetCapturedStdout();
    throw;
  }
  return {code, testing::internal::GetCapturedStdout()};
}

TEST(CmdStatus, ScreenJsonAndVerdict) {
  const Answers ready{{"GET /v1/status", FakeServer::json("{\"state\":  \"ready\"}")}};
  EXPECT_THAT(outcome_of(StatusCommand{}, ready).out, HasSubstr("gateway: ready"));
  EXPECT_EQ(outcome_of(StatusCommand{true, false}, ready).out, "{\"state\":  \"ready\"}\n");
  EXPECT_EQ(outcome_of(StatusCommand{}, ready).exit_code, 0);
  EXPECT_EQ(outcome_of(StatusCommand{}, {{"GET /v1/status", FakeServer::json("{\"state\":\"draining\"}")}}).exit_code,
            1);
}

TEST(CmdHealth, ScreenJsonAndVerdict) {
  const Answers sick{{"GET /v1/health", FakeServer::json(R"({"state":"ready","health":[{"severity":"error"}]})")}};
  EXPECT_EQ(outcome_of(HealthCommand{}, sick).exit_code, 1);
  EXPECT_THAT(outcome_of(HealthCommand{}, sick).out, HasSubstr("error:"));
  EXPECT_THAT(outcome_of(HealthCommand{true}, sick).out, HasSubstr("{\"state\""));
}

TEST(CmdExchanges, ScreenAndJson) {
  const Answers none{{"GET /v1/exchanges", FakeServer::json("{}")}};
  EXPECT_EQ(outcome_of(ExchangesCommand{}, none).out, "No requests yet.\n");
  EXPECT_EQ(outcome_of(ExchangesCommand{true}, none).out, "{}\n");
}

TEST(CmdQueue, ScreenAndJson) {
  const Answers empty{{"GET /v1/queue", FakeServer::json(R"({"depth":0,"max_depth":5})")}};
  EXPECT_THAT(outcome_of(QueueCommand{}, empty).out, HasSubstr("0 of 5;"));
  EXPECT_EQ(outcome_of(QueueCommand{true}, empty).out, "{\"depth\":0,\"max_depth\":5}\n");
}

TEST(CmdReload, SaysWhatHappened) {
  EXPECT_EQ(outcome_of(ReloadCommand{},
                       {{"POST /v1/reload", FakeServer::json(R"({"result":"reloaded","generation":4,"digest":"ab"})")}})
                .out,
            "reloaded: generation 4, digest ab\n");
  EXPECT_THAT(
      [] {
        outcome_of(ReloadCommand{},
                   {{"POST /v1/reload", FakeServer::json(R"({"error":{"message":"x.yaml:1:2: bad"}})", 422)}});
      },
      ThrowsMessage<Failure>(HasSubstr("x.yaml:1:2: bad")));
}

TEST(CmdDrain, WithoutWaiting) {
  Answers answers{{"GET /v1/status", FakeServer::json("{\"pid\":1}")},
                  {"POST /v1/drain", FakeServer::json(R"({"in_flight":2,"queued":1})", 202)}};
  EXPECT_EQ(outcome_of(DrainCommand{true}, answers).out, "draining: 2 in flight, 1 waiting\n");
}

TEST(CmdChat, AWholeAnswerAndACutOne) {
  ChatCommand chat;
  chat.words = {"hi"};
  const std::string text = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n";
  const auto whole = outcome_of(chat, {{"POST /v1/chat/completions", FakeServer::stream(text + "data: [DONE]\n\n")}});
  EXPECT_EQ(whole.exit_code, 0);
  EXPECT_EQ(whole.out, "Hello\n");
  EXPECT_THAT([&] { outcome_of(chat, {{"POST /v1/chat/completions", FakeServer::stream(text)}}); },
              ThrowsMessage<Failure>(HasSubstr("terminal event")));
}

TEST(CmdConfig, ShowAndDigest) {
  const Answers config{{"GET /v1/config", FakeServer::json(R"({"digest":"abc","config":{"llm":{"model":"gpt-4"}}})")}};
  EXPECT_EQ(outcome_of(ConfigDigestCommand{}, config).out, "abc\n");
  EXPECT_EQ(outcome_of(ConfigShowCommand{}, config).out, "# digest abc\nllm:\n  model: gpt-4\n");
  EXPECT_THAT([] { outcome_of(ConfigDigestCommand{}, {{"GET /v1/config", FakeServer::json("{}")}}); },
              ThrowsMessage<Failure>(HasSubstr("no digest")));
}

TEST(CmdVersion, WithAndWithoutADaemon) {
  EXPECT_EQ(outcome_of(VersionCommand{}, {{"GET /v1/status", FakeServer::json(R"({"version":"9","pid":7})")}}).out,
            "tidegate " + std::string(kVersion) + "\ntidegated 9 (running, pid 7)\n");
  EXPECT_EQ(outcome_of(VersionCommand{}, {}).out, "tidegate " + std::string(kVersion) + "\n");
}

}  // namespace
}  // namespace tidegate::cli
