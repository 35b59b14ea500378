// Thousands of short transfers of all sorts, cancelled at random moments in random order, always with the same seed.
#include <random>

#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using Peer = ScriptedServer::Peer;

class TransportStress : public TransportTest {
 public:
  static constexpr int kTransfers = 3000;
  static constexpr std::size_t kAtOnce = 24;

  static std::string body_of(int number) {
    return "body " + std::to_string(number) + std::string(static_cast<std::size_t>(number) * 37 % 200'000, 'x');
  }

  static int number_in(const std::string& head) { return std::stoi(head.substr(head.find("?n=") + 3)); }

  void play_everything() {
    server.play([](Peer& peer) -> Task<> {
      while (true) {
        const std::string head = co_await peer.head();
        if (head.empty()) co_return;
        const auto is = [&](const char* path) { return head.find(path) != std::string::npos; };
        if (is("/silent")) co_return;
        if (!is("/early")) co_await peer.body(head);
        const std::string answer = ok_answer(body_of(number_in(head)));
        if (is("/half")) {
          co_await peer.send(answer.substr(0, answer.size() / 2));
          peer.close();
        } else if (is("/reset")) {
          peer.reset();
        } else if (is("/slow")) {
          co_await peer.trickle(answer.substr(0, 60));
          co_await peer.send(answer.substr(60));
        } else {
          co_await peer.send(answer);
          if (is("/last")) peer.close();
        }
      }
    });
  }
};
TIDEGATE_OVER_BOTH_SETS(TransportStress);

TEST_P(TransportStress, RandomCancels) {
  play_everything();
  std::mt19937 random(20261122);
  const auto below = [&](unsigned bound) { return random() % bound; };
  static constexpr std::array<const char*, 8> kPaths{"/ok",   "/ok",    "/ok",   "/silent",
                                                     "/half", "/reset", "/slow", "/last"};

  struct Running {
    AttemptPtr attempt;
    std::string path;
    int number;
    unsigned patience;  // turns of the loop until it is cancelled
  };
  std::vector<Running> running;
  int started = 0;
  int whole = 0;
  int cancelled = 0;
  int failed = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (started < kTransfers || !running.empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "hangs";
    while (started < kTransfers && running.size() < kAtOnce && below(3) != 0) {
      const std::string path = kPaths[below(kPaths.size())];
      const std::string target = "/v1" + path + "?n=" + std::to_string(started);
      auto attempt =
          below(2) == 0 ? start("GET", target) : post(std::string(below(8) == 0 ? 300'000 : 20, 'a'), target);
      const unsigned patience = path == "/silent" || below(3) == 0 ? below(60) : 1'000'000;
      running.push_back({std::move(attempt), path, started++, patience});
    }
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(2));
    for (std::size_t i = 0; i < running.size();) {
      auto& one = running[i];
      if (below(4) != 0 && one.attempt->stream->available() > 0) one.attempt->take();
      const bool done = one.attempt->stream->done();
      if (!done && one.patience-- > 0) {
        ++i;
        continue;
      }
      if (!done) {
        ++cancelled;
      } else if (one.attempt->stream->error() == nullptr) {
        ++whole;
        while (one.attempt->stream->available() > 0) one.attempt->take();
        ASSERT_TRUE(one.attempt->body == body_of(one.number)) << one.path;
      } else {
        ++failed;
        const bool stale = one.attempt->stream->info().stale_connection;
        ASSERT_TRUE(stale || one.path == "/half" || one.path == "/reset")
            << one.path << ": " << one.attempt->stream->error()->message;
      }
      std::swap(running[i], running.back());
      running.pop_back();
    }
  }
  EXPECT_EQ(transport->counts().in_use, 0U);
  EXPECT_GT(whole, kTransfers / 4);
  EXPECT_GT(cancelled, kTransfers / 8);
  EXPECT_GT(failed, kTransfers / 10);
  run_until([&] { return server.open <= transport->counts().open; }, "the server sees the cancelled ones closed");
}

TEST_P(TransportStress, AllAtOnceAreCancelledInRandomOrder) {
  server.play([](Peer& peer) -> Task<> {
    const std::string head = co_await peer.head();
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(50'000, 'x'));
  });
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    std::vector<AttemptPtr> attempts;
    for (int i = 0; i < 100; ++i) attempts.push_back(start("GET"));
    for (unsigned turns = random() % 300; turns > 0; --turns) loop.poll_one();
    std::shuffle(attempts.begin(), attempts.end(), random);
    for (const auto& attempt : attempts) {
      attempt->cancel();
      loop.poll_one();
    }
    EXPECT_EQ(transport->counts().in_use, 0U);
    EXPECT_EQ(transport->counts().open, 0U);
    run_until([&] { return server.open == 0; }, "the server sees all closed");
  }
}

}  // namespace
}  // namespace tidegate::upstream
