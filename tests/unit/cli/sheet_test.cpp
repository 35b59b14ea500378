#include "cli/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

View view_of(std::size_t width, bool colors = false) { return View{Painter(colors), Moment{}, "", width}; }

TEST(Sheet, WrapsBeneathTheText) {
  const auto view = view_of(24);
  Sheet sheet(view);
  sheet.row("Label", "some words here");
  sheet.row("", "more");
  EXPECT_EQ(sheet.take(), "Label        some words\n             here\n             more\n");
}

TEST(Sheet, PaintsTheMarkAndTheLabel) {
  const auto view = view_of(80, true);
  Sheet sheet(view);
  sheet.row("Proxy", Mark{"up", Tone::good}, ": x");
  EXPECT_EQ(sheet.take(), "\x1b[2mProxy        \x1b[0m\x1b[32mup\x1b[0m: x\n");
}

TEST(Table, AlignsAndCutsWhatMayShrink) {
  const auto view = view_of(30);
  Table table(view, {{"STATE"}, {"AGE", true}, {"MODEL", false, Shrink::first}, {"ID", false, Shrink::last}});
  table.add({"waiting", "2 s", "a-very-long-model-name", "req_1"}, 0, Tone::good, "waits for a place");
  table.add({"x", "10 s"}, 0, Tone::plain);
  EXPECT_EQ(table.render(),
            "STATE     AGE  MODEL     ID\n"
            "waiting   2 s  a-very-…  req_1\n"
            "  waits for a place\n"
            "x        10 s\n");
}

TEST(Table, ShrinksTheLastOnesOnlyWhenTheFirstCannotGiveMore) {
  const auto view = view_of(20);
  Table table(view, {{"MODEL", false, Shrink::first}, {"ID", false, Shrink::last}});
  table.add({"abcdefghijkl", "0123456789"}, 0, Tone::plain);
  EXPECT_EQ(table.render(), "MODEL     ID\nabcdefg…  0123456789\n");
  const auto narrow = view_of(10);
  Table smallest(narrow, {{"MODEL", false, Shrink::first}, {"ID", false, Shrink::last}});
  smallest.add({"abcdefghijkl", "0123456789"}, 0, Tone::plain);
  EXPECT_EQ(smallest.render(), "MODEL     ID\nabcdefg…  0123456…\n");
}

}  // namespace
}  // namespace tidegate::cli
