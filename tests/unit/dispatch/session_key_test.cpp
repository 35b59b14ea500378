#include "daemon/dispatch/session_key.h"

#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view kTraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

std::string of_trace(std::string_view value) { return session_key({{"traceparent", value}}, ""); }

TEST(SessionKey, IsTheHeaderElseTheUserElseTheTrace) {
  const std::vector<Header> both{{"Traceparent", kTrace}, {"x-tidegate-session", " s 1\t"}};
  EXPECT_EQ(session_key(both, "user"), "s 1");
  EXPECT_EQ(session_key({{"traceparent", kTrace}}, "user"), "user");
  EXPECT_EQ(session_key({{"TraceParent", kTrace}}, ""), kTraceId);
  EXPECT_EQ(session_key({}, ""), "");
}

TEST(SessionKey, AnEmptyHeaderSaysNothing) {
  EXPECT_EQ(session_key({{"X-Tidegate-Session", ""}}, "user"), "user");
  EXPECT_EQ(session_key({{"X-Tidegate-Session", "  "}}, ""), "");
}

// The examples and rules of W3C Trace Context.
TEST(SessionKey, TakesOnlyAProperTraceparent) {
  EXPECT_EQ(of_trace("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like"), kTraceId);
  for (const std::string_view bad : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                                     "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                                     "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                     "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                     "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                     "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
                                     "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"})
    EXPECT_EQ(of_trace(bad), "") << bad;
}

TEST(SessionKey, IsBoundedAndLongOnesStayApart) {
  const std::string longest(kMaxSessionKey, 'k');
  EXPECT_EQ(session_key({}, longest), longest);
  const auto one = session_key({}, longest + "1");
  const auto other = session_key({{"X-Tidegate-Session", longest + "2"}}, "");
  EXPECT_EQ(one.size(), kMaxSessionKey);
  EXPECT_EQ(other.size(), kMaxSessionKey);
  EXPECT_NE(one, other);
  EXPECT_NE(one, longest);
  EXPECT_EQ(one, session_key({}, longest + "1"));
  EXPECT_EQ(session_key({}, std::string(1 << 20, 'x')).size(), kMaxSessionKey);
}

std::string asked(const std::vector<Header>& headers) {
  const auto result = asked_priority(headers);
  if (!result) return result.error().code == ErrorCode::bad_request ? "bad" : "other";
  return *result ? std::string(policy::priority_name(**result)) : "none";
}

TEST(AskedPriority, IsOneOfTwoOrNone) {
  EXPECT_EQ(asked({}), "none");
  EXPECT_EQ(asked({{"X-Tidegate-Priority", "background"}}), "background");
  EXPECT_EQ(asked({{"x-tidegate-priority", " Interactive "}}), "interactive");
}

TEST(AskedPriority, RefusesEverythingElse) {
  for (const auto* bad : {"", "high", "1", "background,interactive", "back ground"})
    EXPECT_EQ(asked({{"X-Tidegate-Priority", bad}}), "bad") << bad;
  EXPECT_EQ(asked({{"X-Tidegate-Priority", "background"}, {"x-tidegate-priority", "background"}}), "bad");
}

}  // namespace
}  // namespace tidegate::dispatch
