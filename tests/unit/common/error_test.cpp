#include "common/error.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace tidegate {
namespace {

const std::vector<ErrorCode>& all_codes() {
  static const std::vector<ErrorCode> codes = [] {
    std::vector<ErrorCode> out;
    for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value)
      out.push_back(static_cast<ErrorCode>(value));
    return out;
  }();
  return codes;
}

TEST(ErrorTable, GivesEachReasonACodeOfItsOwn) {
  std::map<std::string_view, int> seen;
  for (const auto code : all_codes()) ++seen[error_info(code).code];
  EXPECT_EQ(seen.size(), all_codes().size());
  for (const auto& [code, times] : seen) EXPECT_EQ(times, 1) << code;
}

TEST(ErrorTable, SpellsCodesInSnakeCase) {
  for (const auto code : all_codes()) {
    const auto text = error_info(code).code;
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << text;
  }
}

TEST(ErrorTable, UsesErrorStatusesOnly) {
  for (const auto code : all_codes()) {
    const auto& info = error_info(code);
    EXPECT_GE(info.http_status, 400) << info.code;
    EXPECT_LT(info.http_status, 600) << info.code;
  }
}

// Clients disable a key on 401, 402 and 403, so what passes by itself must not use them.
TEST(ErrorTable, LetsPassingTroubleKeepTheKey) {
  for (const auto code : all_codes()) {
    const auto& info = error_info(code);
    if (!info.client_may_retry) continue;
    EXPECT_NE(info.http_status, 401) << info.code;
    EXPECT_NE(info.http_status, 402) << info.code;
    EXPECT_NE(info.http_status, 403) << info.code;
  }
}

// We have retried already what the upstream failed at; an SDK that does it again multiplies the load on a proxy in
// trouble.
TEST(ErrorTable, DoesNotInviteRetriesOfWhatWasRetried) {
  for (const auto code : {ErrorCode::upstream_unreachable, ErrorCode::upstream_reset, ErrorCode::upstream_timeout,
                          ErrorCode::upstream_tls, ErrorCode::upstream_protocol, ErrorCode::upstream_truncated})
    EXPECT_FALSE(error_info(code).client_may_retry) << error_info(code).code;
}

TEST(ErrorTable, ShowsAFullQueueAs429AndAPassedDeadlineAs503) {
  EXPECT_EQ(error_info(ErrorCode::queue_full).http_status, 429);
  EXPECT_EQ(error_info(ErrorCode::queue_timeout).http_status, 503);
  EXPECT_EQ(error_info(ErrorCode::deadline_exceeded).http_status, 503);
  EXPECT_TRUE(error_info(ErrorCode::queue_full).client_may_retry);
  EXPECT_TRUE(error_info(ErrorCode::queue_timeout).client_may_retry);
  EXPECT_TRUE(error_info(ErrorCode::deadline_exceeded).client_may_retry);
}

TEST(ErrorTable, TakesANumberThatIsNoReasonForABug) {
  EXPECT_EQ(error_info(static_cast<ErrorCode>(9999)).code, error_info(ErrorCode::internal).code);
}

TEST(Result, HoldsAValue) {
  Result<std::string> result = std::string("text");
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, "text");
  EXPECT_EQ(result->size(), 4U);
  const auto& constant = result;
  EXPECT_EQ(*constant, "text");
  EXPECT_EQ(constant->size(), 4U);
}

TEST(Result, HoldsAnError) {
  const Result<Ok> result = Error{ErrorCode::draining, "stopping"};
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::draining);
  EXPECT_EQ(result.error().message, "stopping");
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

// Reading the wrong side is a bug of the caller and never undefined behaviour.
TEST(Result, ThrowsWhenTheWrongSideIsRead) {
  Result<int> value = 1;
  EXPECT_THROW((void)value.error(), std::bad_variant_access);
  Result<int> error = Error{};
  EXPECT_THROW((void)*error, std::bad_variant_access);
}

}  // namespace
}  // namespace tidegate
