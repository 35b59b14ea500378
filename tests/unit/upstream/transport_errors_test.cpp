// What breaks at the proxy's end, and the words for it.
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

class TransportErrors : public TransportTest {};
TIDEGATE_OVER_BOTH_SETS(TransportErrors);

struct BadAnswer {
  const char* name;
  std::string bytes;
  ErrorCode code;
};

std::vector<BadAnswer> bad_answers() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      {"nothing", "", ErrorCode::upstream_reset},
      {"half a status line", "HTTP/1.1 2", ErrorCode::upstream_reset},
      {"half a head", ok + "A: b\r\n", ErrorCode::upstream_reset},
      {"only an informational head", "HTTP/1.1 103 Early Hints\r\n\r\n", ErrorCode::upstream_reset},
      {"HTTP/0.9", "hello there, no head here\r\n\r\n", ErrorCode::upstream_protocol},
      {"status 99", "HTTP/1.1 99 Low\r\n\r\n", ErrorCode::upstream_protocol},
      {"status 600", "HTTP/1.1 600 High\r\n\r\n", ErrorCode::upstream_protocol},
      {"status 999", "HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", ErrorCode::upstream_protocol},
      {"switched protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ErrorCode::upstream_protocol},
      {"negative length", ok + "Content-Length: -5\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"length no number", ok + "Content-Length: 5x\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"length too large", ok + "Content-Length: 99999999999999999999999\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"two lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"length and chunks", ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
       ErrorCode::upstream_protocol},
      {"unknown coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"blank before the colon", ok + "Content-Length : 5\r\n\r\nhello", ErrorCode::upstream_protocol},
      {"one endless line", ok + "A: " + std::string(200'000, 'a'), ErrorCode::upstream_protocol},
      {"one long line", ok + "A: " + std::string(70'000, 'a') + "\r\nContent-Length: 0\r\n\r\n",
       ErrorCode::upstream_protocol},
      {"too many fields",
       ok +
           [] {
             std::string f;
             for (int i = 0; i < 300; ++i) f += "A: b\r\n";
             return f;
           }() +
           "\r\n",
       ErrorCode::upstream_protocol},
      {"cut sized body", ok + "Content-Length: 10\r\n\r\nhello", ErrorCode::upstream_truncated},
      {"cut chunked body", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ErrorCode::upstream_truncated},
      {"cut chunk", ok + "Transfer-Encoding: chunked\r\n\r\n50\r\nhello", ErrorCode::upstream_truncated},
      {"chunk size no number", ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello", ErrorCode::upstream_truncated},
  };
}

TEST_P(TransportErrors, EachBadAnswerHasItsCode) {
  for (const auto& bad : bad_answers()) {
    server.play([&](Peer& peer) -> Task<> {
      co_await peer.head();
      co_await peer.send(bad.bytes);
      peer.close();
    });
    const auto attempt = start("GET");
    finish(attempt);
    EXPECT_EQ(error_of(*attempt), bad.code) << bad.name << ": " << attempt->stream->error()->message;
    EXPECT_EQ(attempt->stream->error()->message.find("key-of"), std::string::npos);
    EXPECT_FALSE(attempt->stream->info().stale_connection) << bad.name;
    EXPECT_EQ(transport->counts().in_use, 0U) << bad.name;
  }
}

TEST_P(TransportErrors, AResetHasTheCodeOfItsMoment) {
  for (const bool in_body : {false, true}) {
    server.play([in_body](Peer& peer) -> Task<> {
      co_await peer.head();
      if (in_body) {
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        co_await peer.hold();
      }
      peer.reset();
    });
    const auto attempt = start("GET");
    if (in_body) run_until([&] { return attempt->stream->available() == 5; }, "bytes have come");
    server.release();
    finish(attempt);
    EXPECT_EQ(error_of(*attempt), in_body ? ErrorCode::upstream_truncated : ErrorCode::upstream_reset);
  }
}

TEST_P(TransportErrors, EndlessInformationalHeadsAreRefused) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    while (peer.open()) co_await peer.send("HTTP/1.1 103 Early Hints\r\nLink: " + std::string(1000, 'x') + "\r\n\r\n");
  });
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_protocol);
}

TEST_P(TransportErrors, EndlessTrailersAreNotCollected) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n";
    for (int i = 0; i < 2000; ++i) answer += "Trailer-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
    co_await peer.send(answer + "\r\n");
  });
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body, "hello");
  EXPECT_EQ(attempt->stream->head()->headers.size(), 1U);
}

TEST_P(TransportErrors, ARefusedConnectionIsUnreachable) {
  auto how = options();
  {
    asio::ip::tcp::acceptor gone(loop, {asio::ip::address_v4::loopback(), 0});
    how.base_url = "http://127.0.0.1:" + std::to_string(gone.local_endpoint().port());
  }
  configure(how);
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_unreachable);
  EXPECT_EQ(transport->counts().open, 0U);
  EXPECT_EQ(transport->counts().opened_total, 0U);
}

TEST_P(TransportErrors, TlsToOneWhoSpeaksNone) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.some(1000);
    co_await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.close();
  });
  auto how = options();
  how.base_url.replace(0, 4, "https");
  configure(how);
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_unreachable);
}

TEST_P(TransportErrors, AnEarlyAnswerEndsAnUpload) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  });
  const auto attempt = post(std::string(std::size_t{16} << 20, 'a'));
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  ASSERT_NE(attempt->stream->head(), nullptr);
  EXPECT_EQ(attempt->stream->head()->status, 413);
  EXPECT_EQ(attempt->body, "no");
}

TEST_P(TransportErrors, ADeadPooledConnectionIsToldAndNotRepeatedSilently) {
  for (const bool reset : {false, true}) {
    for (const std::size_t body : {std::size_t{2}, std::size_t{500'000}}) {
      server.play([reset](Peer& peer) -> Task<> {
        const std::string first = co_await peer.head();
        co_await peer.body(first);
        co_await peer.send(ok_answer("hello"));
        const std::string second = co_await peer.head();
        co_await peer.body(second);
        if (reset)
          peer.reset();
        else
          peer.close();
      });
      const auto before = server.requests;
      finish(post("{}"));
      auto attempt = post(std::string(body, 'a'));
      finish(attempt);
      EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_reset);
      EXPECT_TRUE(attempt->stream->info().stale_connection);
      EXPECT_FALSE(attempt->stream->info().new_connection);
      settle();
      EXPECT_EQ(server.requests - before, 2U) << "libcurl has repeated the request by itself";
      EXPECT_EQ(transport->counts().in_use, 0U);

      server.answer(ok_answer("again"));
      EXPECT_EQ(finish(post("{}")).body, "again");
      attempt.reset();
      renew_transport(GetParam());
    }
  }
}

TEST_P(TransportErrors, ADeadPooledConnectionIsToldInMidUploadToo) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    const std::string answer = ok_answer("hello");
    co_await peer.send(answer);
    co_await peer.head();
    peer.reset();  // with most of the body unread
  });
  finish(start("GET"));
  const auto attempt = post(std::string(std::size_t{32} << 20, 'a'));
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_reset);
  EXPECT_TRUE(attempt->stream->info().stale_connection) << attempt->stream->error()->message;
  EXPECT_EQ(server.requests, 2U);
}

TEST_P(TransportErrors, APooledConnectionThatBreaksInItsAnswerIsNoStaleOne) {
  server.play([](Peer& peer) -> Task<> {
    co_await peer.head();
    co_await peer.send(ok_answer("hello"));
    co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
    peer.close();
  });
  finish(start("GET"));
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_truncated);
  EXPECT_FALSE(attempt->stream->info().stale_connection);
}

}  // namespace
}  // namespace tidegate::upstream
