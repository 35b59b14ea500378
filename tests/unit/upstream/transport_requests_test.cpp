// What goes over the wire and what comes back, over both socket sets.
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

class TransportRequests : public TransportTest {};
TIDEGATE_OVER_BOTH_SETS(TransportRequests);

TEST_P(TransportRequests, SendsTheKeyAndOurNamesAndGetsTheAnswer) {
  const auto attempt = start("GET", "/v1/models?a=%20b&c", {{"X-Own", "1"}});
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  ASSERT_NE(attempt->stream->head(), nullptr);
  EXPECT_EQ(attempt->stream->head()->status, 200);
  EXPECT_EQ(attempt->stream->head()->http_version, "1.1");
  EXPECT_EQ(attempt->body, "hello");
  EXPECT_EQ(server.last_head.substr(0, 35), "GET /v1/models?a=%20b&c HTTP/1.1\r\nH");
  EXPECT_NE(server.last_head.find("\r\nAuthorization: Bearer key-of-the-proxy\r\n"), std::string::npos);
  EXPECT_NE(server.last_head.find("\r\nX-Tidegate-Gateway: test\r\n"), std::string::npos);
  EXPECT_NE(server.last_head.find("\r\nX-Own: 1\r\n"), std::string::npos);
  for (const char* unwanted : {"\r\nAccept:", "\r\nExpect:", "\r\nContent-Type:", "\r\nContent-Length:"})
    EXPECT_EQ(server.last_head.find(unwanted), std::string::npos) << unwanted;
}

TEST_P(TransportRequests, ATargetWithDotsGoesOutAsItCame) {
  finish(start("GET", "/v1/a/../b//c/./d?x=/../"));
  EXPECT_EQ(server.last_head.substr(0, 35), "GET /v1/a/../b//c/./d?x=/../ HTTP/1");
}

TEST_P(TransportRequests, ReusesOneConnectionAndCountsIt) {
  for (int i = 0; i < 20; ++i) {
    const auto attempt = post("{}");
    finish(attempt);
    EXPECT_EQ(attempt->stream->info().new_connection, i == 0);
    EXPECT_EQ(attempt->stream->info().connect_time.has_value(), i == 0);
  }
  EXPECT_EQ(server.accepted, 1U);
  EXPECT_EQ(transport->counts().opened_total, 1U);
  EXPECT_EQ(transport->counts().reused_total, 19U);
  EXPECT_EQ(transport->counts().open, 1U);
  EXPECT_EQ(transport->counts().in_use, 0U);
}

TEST_P(TransportRequests, HeadHasNoBodyWhateverItsLength) {
  server.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  const auto attempt = start("HEAD");
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->stream->head()->content_length, 5U);
  EXPECT_EQ(attempt->body, "");
  EXPECT_EQ(server.last_head.substr(0, 5), "HEAD ");
}

TEST_P(TransportRequests, AHandleThatWasHeadOrPostIsGetAgain) {
  server.play([](Peer& peer) -> Task<> {
    while (true) {
      const std::string head = co_await peer.head();
      if (head.empty()) co_return;
      co_await peer.body(head);
      std::string answer = ok_answer("hello");
      if (head.substr(0, 4) == "HEAD") answer.resize(answer.size() - 5);
      co_await peer.send(answer);
    }
  });
  for (const char* method : {"HEAD", "GET", "POST", "GET", "HEAD", "DELETE", "POST", "PUT"}) {
    const bool with_body = std::string_view(method) == "POST";
    const auto attempt = start(method, "/v1/x", {}, with_body ? std::make_shared<const std::string>("ab") : nullptr);
    finish(attempt);
    ASSERT_EQ(attempt->stream->error(), nullptr) << method;
    EXPECT_EQ(attempt->body, std::string_view(method) == "HEAD" ? "" : "hello") << method;
    EXPECT_EQ(server.last_head.substr(0, server.last_head.find(' ')), method);
    EXPECT_EQ(server.last_body, with_body ? "ab" : "");
  }
  EXPECT_EQ(server.accepted, 1U);
}

TEST_P(TransportRequests, NoContentAndEmptyBodiesAreWhole) {
  for (const char* answer : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    server.answer(answer);
    auto attempt = post("{}");
    finish(attempt);
    EXPECT_EQ(attempt->stream->error(), nullptr) << answer;
    EXPECT_EQ(attempt->body, "");
    EXPECT_FALSE(attempt->stream->head()->close_delimited) << answer;
    attempt.reset();
    renew_transport(GetParam());
  }
}

TEST_P(TransportRequests, GetMayHaveABodyAndPostAnEmptyOne) {
  finish(
      start("GET", "/v1/x", {{"Content-Type", "application/json"}}, std::make_shared<const std::string>("{\"a\":1}")));
  EXPECT_EQ(server.last_head.substr(0, 4), "GET ");
  EXPECT_EQ(server.last_body, "{\"a\":1}");
  finish(post(""));
  EXPECT_NE(server.last_head.find("\r\nContent-Length: 0\r\n"), std::string::npos);
}

TEST_P(TransportRequests, EmptyAndDoubledFieldsSurvive) {
  finish(start("GET", "/v1/x", {{"X-Empty", ""}, {"X-Twice", "1"}, {"X-Twice", "2"}, {"Accept", "text/event-stream"}}));
  EXPECT_NE(server.last_head.find("\r\nX-Empty:\r\n"), std::string::npos) << server.last_head;
  EXPECT_NE(server.last_head.find("\r\nX-Twice: 1\r\nX-Twice: 2\r\n"), std::string::npos);
  EXPECT_NE(server.last_head.find("\r\nAccept: text/event-stream\r\n"), std::string::npos);
}

TEST_P(TransportRequests, VeryManyFieldsBothWays) {
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) names.push_back("X-Field-" + std::to_string(i));
  std::vector<Header> headers;
  for (const auto& name : names) headers.push_back({name, name});
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += names[static_cast<std::size_t>(i)] + ": v\r\n";
  server.answer(ok_answer("hello", fields));
  const auto attempt = start("GET", "/v1/x", headers);
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_NE(server.last_head.find("\r\nX-Field-499: X-Field-499\r\n"), std::string::npos);
  EXPECT_EQ(attempt->stream->head()->headers.size(), 201U);
  EXPECT_EQ(attempt->stream->head()->find("x-field-199"), "v");
}

TEST_P(TransportRequests, TenMegabytesAreEchoedByteForByte) {
  server.play([](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    const std::string body = co_await peer.body(head);
    co_await peer.send(ok_answer(body));
  });
  std::string sent(std::size_t{10} << 20, '\0');
  unsigned state = 1;
  for (auto& byte : sent) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  const auto attempt = post(sent);
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_TRUE(attempt->body == sent) << attempt->body.size();
}

TEST_P(TransportRequests, ASlowAnswerArrivesWhole) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.trickle(
        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 Fine, thanks\r\nA: b\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: t\r\n\r\n");
  });
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->stream->head()->reason, "Fine, thanks");
  EXPECT_EQ(attempt->stream->head()->headers.size(), 2U) << "neither informational fields nor trailers";
  EXPECT_EQ(attempt->body, "abc");
}

TEST_P(TransportRequests, NewOptionsKeepConnectionsThatFit) {
  finish(post("{}"));
  auto changed = options();
  changed.api_key = Secret("another-key");
  changed.idle_timeout = std::chrono::seconds(5);
  configure(changed);
  finish(post("{}"));
  EXPECT_EQ(server.accepted, 1U);
  EXPECT_NE(server.last_head.find("Bearer another-key\r\n"), std::string::npos);
}

TEST_P(TransportRequests, NewOptionsLeaveRunningAttemptsAlone) {
  server.play([](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    co_await peer.hold();
    co_await peer.send(ok_answer("late"));
  });
  const auto attempt = start("GET");
  run_until([&] { return server.requests == 1; }, "the request has arrived");
  auto changed = options();
  changed.base_url = "http://127.0.0.1:1/v1";
  configure(changed);
  server.release();
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body, "late");
}

TEST_P(TransportRequests, RedirectsAreNotFollowed) {
  server.answer("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(attempt->stream->head()->status, 302);
  EXPECT_EQ(server.requests, 1U);
}

}  // namespace
}  // namespace tidegate::upstream
