#include "daemon/observe/log_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tidegate::observe {
namespace {

using namespace std::chrono;
using testing::HasSubstr;
using testing::Not;

const system_clock::time_point kTime = sys_days(2026y / January / 2) + 3h + 4min + 5s + 678ms;

std::string_view same(std::string_view text, std::string&) { return text; }
std::string_view without_key(std::string_view text, std::string& room) {
  room = redact(std::string(text), Secret("sk-\"12345"));
  return room;
}

std::string as_text(LogLevel level, std::string_view message, Fields fields) {
  return render_text({kTime, level, message, fields}, LineStart::time, same);
}
std::string as_json(LogLevel level, std::string_view message, Fields fields) {
  return render_json({kTime, level, message, fields}, same);
}

TEST(LogFormat, ATextLineHasTimeLevelMessageAndFields) {
  EXPECT_EQ(as_text(LogLevel::info, "message", {{"key", "value"}}), "2026-01-02T03:04:05.678Z info  message key=value");
  EXPECT_EQ(as_text(LogLevel::error, "it broke", {}), "2026-01-02T03:04:05.678Z error it broke");
}

TEST(LogFormat, FieldsKeepTheirTypes) {
  const std::string name = "two words";
  EXPECT_EQ(as_text(LogLevel::warn, "m", {{"s", name}, {"n", -3}, {"u", 7U}, {"d", 1.5}, {"b", true}}),
            "2026-01-02T03:04:05.678Z warn  m s=\"two words\" n=-3 u=7 d=1.5 b=true");
  EXPECT_EQ(as_json(LogLevel::warn, "m", {{"s", name}, {"n", -3}, {"u", 7U}, {"d", 1.5}, {"b", false}}),
            R"({"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"m",)"
            R"("s":"two words","n":-3,"u":7,"d":1.5,"b":false})");
}

TEST(LogFormat, JsonHasNoInfinity) {
  EXPECT_THAT(as_json(LogLevel::info, "m", {{"d", std::numeric_limits<double>::infinity()}}), HasSubstr(R"("d":null)"));
}

TEST(LogFormat, ALineStaysOneLine) {
  for (const auto& line :
       {as_text(LogLevel::info, "a\nb", {{"k", "c\nd"}}), as_json(LogLevel::info, "a\nb", {{"k", "c\nd"}})}) {
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    EXPECT_THAT(line, HasSubstr("a\\nb"));
    EXPECT_THAT(line, HasSubstr("c\\nd"));
  }
}

TEST(LogFormat, ForTheJournalThePriorityStandsInsteadOfTheTime) {
  const auto start = [](LogLevel level) {
    return render_text({kTime, level, "m", {}}, LineStart::journal_priority, same);
  };
  EXPECT_EQ(start(LogLevel::trace), "<7>trace m");
  EXPECT_EQ(start(LogLevel::debug), "<7>debug m");
  EXPECT_EQ(start(LogLevel::info), "<6>info  m");
  EXPECT_EQ(start(LogLevel::warn), "<4>warn  m");
  EXPECT_EQ(start(LogLevel::error), "<3>error m");
}

TEST(LogFormat, SecretsGoBeforeTheyAreEscapedOrCut) {
  const std::string key = "sk-\"12345";
  const std::string at_the_cut = std::string(kMaxLogText - 4, 'x') + key;
  const LogLine line{kTime, LogLevel::info, at_the_cut, {{"k", key}}};
  for (const auto& rendered : {render_text(line, LineStart::time, without_key), render_json(line, without_key)}) {
    EXPECT_THAT(rendered, Not(HasSubstr("12345")));
    EXPECT_THAT(rendered, Not(HasSubstr("sk-")));
    EXPECT_THAT(rendered, HasSubstr(std::string(kRedacted)));
  }
}

TEST(LogFormat, LongTextsAreCut) {
  const std::string huge(10 * kMaxLogText, 'x');
  EXPECT_LT(as_text(LogLevel::info, huge, {}).size(), kMaxLogText + 100);
  EXPECT_LT(as_json(LogLevel::info, "m", {{"k", huge}}).size(), kMaxLogText + 200);
  EXPECT_THAT(as_text(LogLevel::info, huge, {}), testing::EndsWith("x..."));
}

}  // namespace
}  // namespace tidegate::observe
