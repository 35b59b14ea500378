#include "cli/view.h"

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(ShortPath, ShowsTheHomeFolderAsTilde) {
  const View view{Painter{}, Moment{}, "/users/ann"};
  EXPECT_EQ(short_path("/users/ann/.openclaw/config.yaml", view), "~/.openclaw/config.yaml");
  EXPECT_EQ(short_path("/users/anna/x", view), "/users/anna/x");
  EXPECT_EQ(short_path("/users/ann", view), "/users/ann");
  EXPECT_EQ(short_path("/etc/x", View{Painter{}, Moment{}, "/"}), "/etc/x");
  EXPECT_EQ(short_path("/etc/x", View{Painter{}, Moment{}, ""}), "/etc/x");
}

TEST(PublicUrl, LeavesOutWhatMayBeSecret) {
  EXPECT_EQ(public_url("https://example.com/v1"), "https://example.com/v1");
  EXPECT_EQ(public_url("https://me:p@ss@example.com/v1@x?key=1#f"), "https://example.com/v1@x");
  EXPECT_EQ(public_url("https://key@example.com"), "https://example.com");
  EXPECT_EQ(public_url("no URL"), "no URL");
}

}  // namespace
}  // namespace tidegate::cli
