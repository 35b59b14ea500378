#include "daemon/http/request_head.h"

#include <gtest/gtest.h>

namespace tidegate::http {
namespace {

TEST(RequestHead, FindTellsAnEmptyFieldFromNone) {
  RequestHead head;
  head.headers = {{"Origin", {}}, {"X-A", "first"}, {"x-a", "second"}};
  EXPECT_NE(head.find("origin").data(), nullptr);
  EXPECT_TRUE(head.has("ORIGIN"));
  EXPECT_EQ(head.find("X-a"), "first");
  EXPECT_EQ(head.find("other").data(), nullptr);
  EXPECT_FALSE(head.has("other"));
}

TEST(RequestHead, KnowsWhetherThereIsABody) {
  RequestHead head;
  EXPECT_FALSE(head.has_body());
  head.content_length = 0;
  EXPECT_FALSE(head.has_body());
  head.content_length = 1;
  EXPECT_TRUE(head.has_body());
  head.clear();
  EXPECT_FALSE(head.has_body());
  head.chunked = true;
  EXPECT_TRUE(head.has_body());
}

}  // namespace
}  // namespace tidegate::http
