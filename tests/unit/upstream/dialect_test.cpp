#include "daemon/upstream/dialect.h"

#include <gtest/gtest.h>

#include "daemon/upstream/event_facts.h"

namespace tidegate::upstream {
namespace {

TEST(Dialect, OfAPath) {
  EXPECT_EQ(dialect_of("/v1/chat/completions"), Dialect::chat);
  EXPECT_EQ(dialect_of("/v1/completions"), Dialect::chat);
  EXPECT_EQ(dialect_of("/v1/engines/e/completions"), Dialect::chat);
  EXPECT_EQ(dialect_of("/v1/responses"), Dialect::responses);
  EXPECT_EQ(dialect_of("/v1/messages"), Dialect::messages);
  for (const char* path :
       {"/v1/threads/t/messages", "/v1/messages/count_tokens", "/v1/responses/r", "/v1/audio/speech", "/", ""})
    EXPECT_EQ(dialect_of(path), Dialect::unknown) << path;
}

TEST(Dialect, OfAnEvent) {
  EXPECT_EQ(dialect_of(EventType::chat_chunk), Dialect::chat);
  EXPECT_EQ(dialect_of(EventType::message_stop), Dialect::messages);
  EXPECT_EQ(dialect_of(EventType::response_failed), Dialect::responses);
  EXPECT_EQ(dialect_of(EventType::error), Dialect::unknown) << "more than one has it";
}

}  // namespace
}  // namespace tidegate::upstream
