// libcurl resolves names on a thread and tells its end through descriptors that no callback of ours opened or closed.
// Ending such a transfer makes libcurl wait for the thread: the loop must not.
#include "slow_resolver.h"
#include "transport_fixture.h"

namespace tidegate::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class TransportResolver : public TransportTest {
 public:
  /// The longest that the loop did not turn while it ran so long.
  milliseconds longest_stall(steady_clock::duration total) {
    auto longest = steady_clock::duration::zero();
    const auto end = steady_clock::now() + total;
    while (steady_clock::now() < end) {
      const auto before = steady_clock::now();
      loop.restart();
      loop.run_one_for(milliseconds(5));
      longest = std::max(longest, steady_clock::now() - before);
    }
    return std::chrono::duration_cast<milliseconds>(longest);
  }

  [[nodiscard]] std::string held_url(int number = 0) const {
    return "http://host" + std::to_string(number) + ".held:" + std::to_string(server.port()) + "/v1";
  }

  AttemptPtr start_held(milliseconds connect_timeout = std::chrono::seconds(30), int number = 0) {
    auto how = options();
    how.base_url = held_url(number);
    how.connect_timeout = connect_timeout;
    configure(how);
    const int before = SlowResolver::held();
    auto attempt = start("GET");
    run_until([&] { return SlowResolver::held() > before; }, "the resolver is asked");
    return attempt;
  }

  // Far from both what a busy machine needs and what a held look-up takes.
  static constexpr milliseconds kBlocked{SlowResolver::kLongestSeconds * 1000 / 2};
};
TIDEGATE_OVER_BOTH_SETS(TransportResolver);

TEST_P(TransportResolver, ANameIsResolvedWhileTheLoopTurns) {
  SlowResolver resolver;
  const auto attempt = start_held();
  EXPECT_LT(longest_stall(milliseconds(100)), kBlocked);
  EXPECT_FALSE(attempt->stream->done());
  resolver.release();
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body, "hello");
}

TEST_P(TransportResolver, CancelWhileResolvingNeitherBlocksNorConnects) {
  SlowResolver resolver;
  const auto attempt = start_held();
  const auto before = steady_clock::now();
  attempt->cancel();
  EXPECT_LT(steady_clock::now() - before, kBlocked);
  EXPECT_LT(longest_stall(milliseconds(100)), kBlocked);
  resolver.release();
  run_until([&] { return transport->counts().in_use == 0; }, "the abandoned transfer is gone");
  settle();
  EXPECT_EQ(server.accepted, 0U);
  EXPECT_EQ(transport->counts().open, 0U);
}

TEST_P(TransportResolver, ManyAreCancelledWhileResolving) {
  SlowResolver resolver;
  std::vector<AttemptPtr> attempts;
  for (int i = 0; i < 12; ++i) attempts.push_back(start_held(std::chrono::seconds(30), i));
  const auto before = steady_clock::now();
  for (std::size_t i = 0; i < attempts.size(); i += 2) attempts[i]->cancel();
  EXPECT_LT(steady_clock::now() - before, kBlocked);
  resolver.release();
  for (std::size_t i = 1; i < attempts.size(); i += 2) EXPECT_EQ(finish(attempts[i]).body, "hello");
  run_until([&] { return transport->counts().in_use == 0; }, "all are gone");
  EXPECT_EQ(server.requests, 6U);
}

TEST_P(TransportResolver, TheConnectTimeoutWhileResolvingDoesNotBlockTheLoop) {
  SlowResolver resolver;
  const auto attempt = start_held(milliseconds(50));
  const auto stall = longest_stall(milliseconds(3000));
  EXPECT_LT(stall, kBlocked);
  ASSERT_TRUE(attempt->stream->done());
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_unreachable);
  EXPECT_GT(SlowResolver::held(), 0) << "the resolver has answered: the test shows nothing";
}

TEST_P(TransportResolver, DestroyingTheTransportWhileResolvingDoesNotBlock) {
#if LIBCURL_VERSION_NUM < 0x075700
  GTEST_SKIP() << "this libcurl has no CURLOPT_QUICK_EXIT";
#endif
  SlowResolver resolver;
  const auto before = steady_clock::now();
  {
    const auto running = start_held();
    running->cancel();
    transport.reset();
  }
  EXPECT_LT(steady_clock::now() - before, kBlocked);
}

TEST_P(TransportResolver, AnAnswerThatCameButWasNotSeenIsCancelledToo) {
  SlowResolver resolver;
  const auto attempt = start_held();
  resolver.release();
  while (SlowResolver::held() > 0) {
  }
  attempt->cancel();
  run_until([&] { return transport->counts().in_use == 0; }, "the abandoned transfer is gone");
  EXPECT_EQ(server.requests, 0U);
}

TEST_P(TransportResolver, LocalhostWorksAndIsCancelled) {
  auto how = options();
  how.base_url = "http://localhost:" + std::to_string(server.port()) + "/v1";
  configure(how);
  auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(attempt->stream->error(), nullptr);
  EXPECT_EQ(attempt->body, "hello");
  attempt.reset();
  renew_transport(GetParam());  // with no name in its cache
  configure(how);
  for (int turns = 0; turns < 40; ++turns) {
    const auto cancelled = start("GET");
    for (int i = 0; i < turns; ++i) loop.poll_one();
    cancelled->cancel();
  }
  run_until([&] { return transport->counts().in_use == 0; }, "the abandoned transfers are gone");
}

TEST_P(TransportResolver, AnUnknownNameIsUnreachable) {
  auto how = options();
  how.base_url = "http://nonexistent.invalid:1/v1";
  configure(how);
  const auto attempt = start("GET");
  finish(attempt);
  EXPECT_EQ(error_of(*attempt), ErrorCode::upstream_unreachable);
  EXPECT_EQ(transport->counts().open, 0U);
}

TEST_P(TransportResolver, TheSocketMayHaveTheNumberOfTheResolversDescriptor) {
  // libcurl closes the resolver's pair without a word to us and opens the connection at once: the lowest free numbers.
  for (int i = 0; i < 50; ++i) {
    renew_transport(GetParam());
    auto how = options();
    how.base_url = "http://localhost:" + std::to_string(server.port()) + "/v1";
    configure(how);
    const auto attempt = post(std::string(100'000, 'a'));
    finish(attempt);
    ASSERT_EQ(attempt->stream->error(), nullptr) << attempt->stream->error()->message;
  }
}

TEST(SlowResolverWorks, IsAskedByLibcurl) {
  // Without this the tests above would pass where nothing is held.
  ASSERT_TRUE(SlowResolver::works());
}

}  // namespace
}  // namespace tidegate::upstream
