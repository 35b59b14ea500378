#include "daemon/dispatch/request_deadline.h"

#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1000s};

std::optional<Clock::duration> end_of(std::string_view deadline_ms) {
  const auto deadline = request_deadline({.deadline_ms = deadline_ms, .timeout = {}, .read_timeout = {}}, kStart);
  if (!deadline) {
    EXPECT_EQ(deadline.error().code, ErrorCode::bad_request);
    EXPECT_EQ(deadline.error().message, "X-Tidegate-Deadline-Ms is no whole number of milliseconds from 1 to 86400000");
    return std::nullopt;
  }
  EXPECT_EQ(deadline->first_byte, TimePoint::max());
  return deadline->end - kStart;
}

/// Zero: no hint was found.
Clock::duration hint_of(std::string_view timeout, std::string_view read_timeout = {}) {
  const auto deadline = request_deadline({.deadline_ms = {}, .timeout = timeout, .read_timeout = read_timeout}, kStart);
  EXPECT_TRUE(deadline.ok());
  EXPECT_EQ(deadline->end, TimePoint::max());
  return deadline->first_byte == TimePoint::max() ? Clock::duration::zero() : deadline->first_byte - kStart;
}

TEST(RequestDeadline, WithoutAFieldThereIsNone) {
  const auto deadline = request_deadline({}, kStart);
  ASSERT_TRUE(deadline.ok());
  EXPECT_EQ(deadline->end, TimePoint::max());
  EXPECT_EQ(deadline->first_byte, TimePoint::max());
  EXPECT_FALSE(deadline->over());
}

TEST(RequestDeadline, TheClientsWordIsInMilliseconds) {
  EXPECT_EQ(end_of("1500"), 1500ms);
  EXPECT_EQ(end_of("007"), 7ms);
}

TEST(RequestDeadline, ItsBounds) {
  EXPECT_EQ(end_of("1"), 1ms);
  EXPECT_EQ(end_of("86400000"), 24h);
  EXPECT_EQ(end_of("0"), std::nullopt);
  EXPECT_EQ(end_of("86400001"), std::nullopt);
}

TEST(RequestDeadline, WhatIsNoWholeNumberIsRefused) {
  for (const auto* text : {"", " 5", "5 ", "+5", "-5", "5.0", "5.", ".5", "5s", "1e3", "0x10", "NaN", "5,5", "\xd9\xa3",
                           "999999999999", "9999999999999", "18446744073709551617"})
    EXPECT_EQ(end_of(text), std::nullopt) << text;
}

TEST(RequestDeadline, TheSdksWordIsInSecondsAndAMarginShorter) {
  EXPECT_EQ(hint_of("600"), 599s);    // OpenAI and Anthropic, Node
  EXPECT_EQ(hint_of("600.0"), 599s);  // Python
  EXPECT_EQ(hint_of("2"), 1800ms);
  EXPECT_EQ(hint_of("0.5"), 450ms);
  EXPECT_EQ(hint_of("1.23456"), 1234ms - 123ms);
  EXPECT_EQ(hint_of("86400"), 24h - 1s);
}

TEST(RequestDeadline, OfTwoTheShorterCounts) {
  EXPECT_EQ(hint_of("600", "60"), 59s);
  EXPECT_EQ(hint_of("60", "600"), 59s);
  EXPECT_EQ(hint_of("NOT_GIVEN", "20"), 19s);  // Anthropic, Python, without a timeout of the call's own
  EXPECT_EQ(hint_of({}, "20"), 19s);
}

TEST(RequestDeadline, AHintThatCannotBeReadIsPassedOver) {
  for (const auto* text : {"", "0", "0.0", "0.0001", "None", "NOT_GIVEN", "inf", "nan", "-1", "1e3", "5.", ".5",
                           "1.2.3", "86400.001", "9999999999999", "600, 600"})
    EXPECT_EQ(hint_of(text), 0s) << text;
}

TEST(RequestDeadline, BothGoTogether) {
  const auto deadline = request_deadline({.deadline_ms = "5000", .timeout = "3", .read_timeout = {}}, kStart);
  ASSERT_TRUE(deadline.ok());
  EXPECT_EQ(deadline->end, kStart + 5s);
  EXPECT_EQ(deadline->first_byte, kStart + 2700ms);
}

TEST(RequestDeadline, IsOverAtItsEnd) {
  ManualClock clock;
  Deadline deadline;
  deadline.end = Clock::now() + 1ms;
  EXPECT_FALSE(deadline.over());
  ManualClock::advance(1ms);
  EXPECT_TRUE(deadline.over());
}

}  // namespace
}  // namespace tidegate::dispatch
