#include "cli/unix_http.h"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/unit/cli/fake_server.h"

namespace tidegate::cli {
namespace {

HttpRequest get(const std::string& path) {
  HttpRequest request;
  request.path = path;
  return request;
}

TEST(UnixHttp, NobodyThere) {
  EXPECT_THROW(http_over_unix("/nonexistent/x.sock", get("/")), ConnectError);
  EXPECT_THROW(http_over_unix("/tmp/" + std::string(200, 'x'), get("/")), ConnectError);
}

TEST(UnixHttp, AWholeAnswer) {
  const FakeServer server(Answers{{"GET /a", FakeServer::json("{}", 404)}});
  const auto reply = http_over_unix(server.folder() / "control.sock", get("/a"));
  EXPECT_EQ(reply.end, HttpEnd::complete);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "{}");
  EXPECT_EQ(reply.request_id, "r1");
  EXPECT_FALSE(reply.streamed);
}

TEST(UnixHttp, CutAndNone) {
  const FakeServer server(Answers{{"GET /cut", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"}});
  const auto cut = http_over_unix(server.folder() / "control.sock", get("/cut"));
  EXPECT_EQ(cut.end, HttpEnd::cut);
  EXPECT_EQ(cut.status, 200);
  EXPECT_NE(cut.trouble, "");
  const auto none = http_over_unix(server.folder() / "control.sock", get("/none"));
  EXPECT_EQ(none.end, HttpEnd::cut);
  EXPECT_EQ(none.status, 0);
}

TEST(UnixHttp, TooLarge) {
  const FakeServer server(Answers{{"GET /a", FakeServer::json(std::string(kMaxReply + 1, 'x'))}});
  EXPECT_EQ(http_over_unix(server.folder() / "control.sock", get("/a")).end, HttpEnd::too_large);
}

TEST(UnixHttp, StreamsOnlyWhatIsAGoodEventStream) {
  const FakeServer server(Answers{{"GET /s", FakeServer::stream("data: x\n\n")}, {"GET /j", FakeServer::json("{}")}});
  std::string got;
  auto request = get("/s");
  request.on_stream = [&got](std::string_view piece) {
    got += piece;
    return true;
  };
  EXPECT_TRUE(http_over_unix(server.folder() / "api.sock", request).streamed);
  EXPECT_EQ(got, "data: x\n\n");
  request.path = "/j";
  const auto reply = http_over_unix(server.folder() / "api.sock", request);
  EXPECT_FALSE(reply.streamed);
  EXPECT_EQ(reply.body, "{}");
}

TEST(UnixHttp, EnoughOfAStream) {
  const FakeServer server(Answers{{"GET /s", FakeServer::stream("data: x\n\n")}});
  auto request = get("/s");
  request.on_stream = [](std::string_view) { return false; };
  EXPECT_EQ(http_over_unix(server.folder() / "api.sock", request).end, HttpEnd::enough);
}

TEST(UnixHttp, CancelledAndTimedOut) {
  const FakeServer server(Answers{{"GET /silent", FakeServer::silence()}});
  auto request = get("/silent");
  request.cancelled = [] { return true; };
  EXPECT_EQ(http_over_unix(server.folder() / "api.sock", request).end, HttpEnd::cancelled);
  request.cancelled = nullptr;
  request.timeout = std::chrono::milliseconds(1);
  EXPECT_EQ(http_over_unix(server.folder() / "control.sock", request).end, HttpEnd::timed_out);
}

}  // namespace
}  // namespace tidegate::cli
