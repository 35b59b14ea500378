#include "daemon/dispatch/queue_full.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::dispatch {
namespace {

using policy::QueueRefusal;
using testing::HasSubstr;

TEST(QueueFull, NamesTheBoundAndItsKey) {
  const WaitQueue::Bounds bounds{1, 20, 400, 5};
  EXPECT_THAT(queue_full(QueueRefusal::depth, bounds).message,
              HasSubstr("20 requests are waiting already (queue.maxDepth)"));
  EXPECT_THAT(queue_full(QueueRefusal::client_depth, bounds).message, HasSubstr("5 requests of this client"));
  EXPECT_THAT(queue_full(QueueRefusal::bytes, bounds).message, HasSubstr("400 bytes (queue.maxBytes)"));
  EXPECT_THAT(queue_full(QueueRefusal::client_bytes, bounds).message, HasSubstr("over 300 bytes"));
  for (const auto refusal :
       {QueueRefusal::depth, QueueRefusal::client_depth, QueueRefusal::bytes, QueueRefusal::client_bytes})
    EXPECT_EQ(queue_full(refusal, bounds).code, ErrorCode::queue_full);
}

}  // namespace
}  // namespace tidegate::dispatch
