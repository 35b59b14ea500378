#include "tests/support/sim/faults.h"

#include <gtest/gtest.h>

#include "tests/support/sim/fault_book.h"

namespace tidegate::sim {
namespace {

Faults all_of(std::string_view text) {
  FaultBook book;
  const auto groups = parse_faults(text);
  EXPECT_TRUE(groups.ok()) << text;
  return groups ? book.choose("key", *groups) : Faults{};
}

TEST(Faults, ReadsBothSeparatorsOfNameAndValue) {
  EXPECT_EQ(all_of("status=503").status, 503);
  EXPECT_EQ(all_of("status:429").status, 429);
  EXPECT_EQ(all_of(" delay = 2s ").delay, std::chrono::seconds(2));
  EXPECT_EQ(all_of("redirect=http://a:1/x?y=z").redirect, "http://a:1/x?y=z");
}

TEST(Faults, CommaAndSemicolonCombine) {
  const auto faults = all_of("status=503,retry-after=0.5;no-done,,cut-after=7;");
  EXPECT_EQ(faults.status, 503);
  EXPECT_EQ(faults.retry_after, "0.5");
  EXPECT_TRUE(faults.no_done);
  EXPECT_EQ(faults.cut_after, 7U);
  EXPECT_FALSE(faults.no_finish);
}

TEST(Faults, ChunksMayBeLeftOut) { EXPECT_EQ(all_of("reset-after").reset_after, 2U); }

TEST(Faults, SaysWhatIsWrong) {
  EXPECT_EQ(parse_faults("nonsense").error().message, "there is no fault 'nonsense'");
  EXPECT_EQ(parse_faults("status=99").error().message, "fault 'status' cannot be '99'");
  EXPECT_EQ(parse_faults("reset=1").error().message, "fault 'reset' cannot be '1'");
  EXPECT_FALSE(parse_faults("split=0").ok());
  EXPECT_FALSE(parse_faults("delay=soon").ok());
  EXPECT_FALSE(parse_faults("status=500,times=x").ok());
}

TEST(Faults, AModelNamesThem) {
  EXPECT_EQ(faults_in_model("fault-status=503,once"), "status=503,once");
  EXPECT_FALSE(faults_in_model("gpt-4").has_value());
}

TEST(FaultBook, TimedGroupsComeOneAfterTheOther) {
  FaultBook book;
  const auto groups = parse_faults("status=429,once;status=503,times=2;delay=1s");
  ASSERT_TRUE(groups.ok());
  std::vector<int> seen;
  for (int i = 0; i < 4; ++i) {
    const auto faults = book.choose("a", *groups);
    EXPECT_TRUE(faults.delay.has_value());
    seen.push_back(faults.status.value_or(200));
  }
  EXPECT_EQ(seen, (std::vector<int>{429, 503, 503, 200}));
  EXPECT_EQ(book.choose("b", *groups).status, 429) << "another key has its own count";
  book.clear();
  EXPECT_EQ(book.choose("a", *groups).status, 429);
}

}  // namespace
}  // namespace tidegate::sim
