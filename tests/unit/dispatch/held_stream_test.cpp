#include "daemon/dispatch/held_stream.h"

#include <gtest/gtest.h>

#include <asio/io_context.hpp>

#include "tests/unit/dispatch/fake_transport.h"

namespace tidegate::dispatch {
namespace {

TEST(HeldStream, GivesTheHeldBytesFirstAndThenTheRest) {
  asio::io_context loop;
  Wakeup wakeup(loop.get_executor());
  auto attempt = std::make_shared<upstream::FakeAttempt>();
  attempt->wakeup = &wakeup;
  attempt->head("HTTP/1.1 200 OK\n").bytes("rest");
  HeldStream stream(std::make_unique<upstream::FakeStream>(attempt), "held, ");
  EXPECT_EQ(stream.head()->status, 200);
  EXPECT_EQ(stream.available(), 10U);
  std::string bytes = "old";
  stream.take(bytes);
  EXPECT_EQ(bytes, "held, ");
  EXPECT_FALSE(stream.done());
  stream.take(bytes);
  EXPECT_EQ(bytes, "rest");
  EXPECT_EQ(stream.available(), 0U);
  attempt->fail(ErrorCode::upstream_reset);
  EXPECT_TRUE(stream.done());
  EXPECT_EQ(stream.error()->code, ErrorCode::upstream_reset);
}

}  // namespace
}  // namespace tidegate::dispatch
