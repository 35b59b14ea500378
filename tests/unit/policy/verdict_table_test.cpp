#include "daemon/policy/verdict_table.h"

#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "daemon/policy/judge.h"

namespace tidegate::policy {
namespace {

// An answer that a row describes: its first status, and its pattern in the field it looks at.
Outcome example_of(const VerdictRow& row) {
  std::string value(row.pattern);
  if (const auto star = value.find('*'); star != std::string::npos) value.replace(star, 1, "anything");
  Outcome outcome;
  outcome.status = row.statuses.first;
  outcome.body.is_error = true;
  switch (row.field) {
    case Field::status: break;
    case Field::code: outcome.body.code = value; break;
    case Field::type: outcome.body.type = value; break;
    case Field::detail: outcome.body.detail_code = value; break;
    case Field::error_type: outcome.body.error_type = value; break;
    case Field::limit_source: outcome.body.limit_source = value; break;
    case Field::text: outcome.body.text = "before " + value + " behind"; break;
  }
  return outcome;
}

std::string described(const VerdictRow& row) {
  return std::string(dialect_name(row.dialect)) + " " + std::to_string(row.statuses.first) + " " +
         std::string(row.pattern);
}

TEST(VerdictTable, EachRowNamesItsSource) {
  for (const auto& row : verdict_rows()) EXPECT_GE(row.source.size(), 10U) << described(row);
}

TEST(VerdictTable, EachRowLooksForSomething) {
  for (const auto& row : verdict_rows()) {
    EXPECT_EQ(row.pattern.empty(), row.field == Field::status) << described(row);
    EXPECT_LE(row.statuses.first, row.statuses.last) << described(row);
    EXPECT_GE(row.statuses.first, 400) << described(row);
    EXPECT_LE(row.statuses.last, 599) << described(row);
    EXPECT_NE(row.judgement.cls, FailureClass::success) << described(row);
    const auto star = row.pattern.find('*');
    if (star != std::string_view::npos) {
      EXPECT_TRUE(star == 0 || star + 1 == row.pattern.size()) << described(row);
      EXPECT_NE(row.field, Field::text) << described(row);
    }
  }
}

TEST(VerdictTable, NoRowStandsInAnothersShadow) {
  for (const auto& row : verdict_rows()) {
    auto outcome = example_of(row);
    // A range of statuses is there for those that no row before it names.
    bool decides = false;
    for (int status = row.statuses.first; status <= row.statuses.last && !decides; ++status) {
      outcome.status = status;
      decides = judge(outcome) == row.judgement;
    }
    EXPECT_TRUE(decides) << described(row);
  }
}

TEST(VerdictTable, NothingIsSaidTwice) {
  std::set<std::tuple<int, int, int, std::string_view>> seen;
  for (const auto& row : verdict_rows())
    EXPECT_TRUE(seen.emplace(row.statuses.first, row.statuses.last, static_cast<int>(row.field), row.pattern).second)
        << described(row);
}

TEST(VerdictTable, EachFailingStatusHasARow) {
  for (int status = 400; status <= 599; ++status) {
    bool found = false;
    for (const auto& row : verdict_rows())
      found = found || (row.field == Field::status && status >= row.statuses.first && status <= row.statuses.last);
    EXPECT_TRUE(found) << status;
  }
}

TEST(VerdictTable, EachDialectHasARowAndAName) {
  std::set<std::string_view> names;
  for (const auto& row : verdict_rows()) names.insert(dialect_name(row.dialect));
  EXPECT_EQ(names.size(), 9U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace tidegate::policy
