#include "tests/support/sim/fault_answers.h"

#include <gtest/gtest.h>

#include "tests/support/sim/wire_head.h"

namespace tidegate::sim {
namespace {

TEST(FaultAnswers, RetryAfterMayBeADate) {
  EXPECT_EQ(retry_after_value("1.5", 0), "1.5");
  EXPECT_EQ(retry_after_value("http-date", 0), "Thu, 01 Jan 1970 00:00:02 GMT");
  EXPECT_EQ(retry_after_value("http-date+60", 784'111'717), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(WireHead, BigHeadHasItsSize) {
  Answer plain = text_answer(200, "{}");
  Answer big = text_answer(200, "{}");
  auto faults = std::make_shared<Faults>();
  faults->big_head = 5000;
  big.faults = faults;
  const auto padding =
      head_text(big, Framing::length, true, "d", "i").size() - head_text(plain, Framing::length, true, "d", "i").size();
  EXPECT_EQ(padding, 5000U);
}

TEST(WireHead, BrokenAnswers) {
  EXPECT_FALSE(broken_answer(Faults{}).has_value());
  Faults faults;
  faults.bad_status = "-1";
  EXPECT_TRUE(broken_answer(faults)->starts_with("HTTP/1.1 -1\r\n"));
  faults = {};
  faults.http09 = true;
  EXPECT_TRUE(broken_answer(faults)->starts_with("{"));
  faults = {};
  faults.negative_length = true;
  EXPECT_NE(broken_answer(faults)->find("Content-Length: -5\r\n"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::sim
