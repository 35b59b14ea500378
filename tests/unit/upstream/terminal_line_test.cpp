#include "daemon/upstream/terminal_line.h"

#include <gtest/gtest.h>
#include <string>

namespace tidegate::upstream {
namespace {

TEST(TerminalLine, Done) {
  for (const char* line : {"data: [DONE]", "data:[DONE]", "data:\t [DONE]", "data: [DONE] ", "data: [DONE]x"})
    EXPECT_EQ(like_done(line), Likeness::yes) << line;
  for (const char* line :
       {"datx", "Data: [DONE]", " data: [DONE]", "data: {", "data: [d", "data: [1", "event: [DONE]", ": [DONE]"})
    EXPECT_EQ(like_done(line), Likeness::no) << line;
  const std::string whole = "data: [DONE]";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(like_done(whole.substr(0, size)), Likeness::partly) << size;
}

TEST(TerminalLine, MessageStop) {
  for (const char* line : {"event: message_stop", "event:message_stop", "event: message_stop ",
                           "data: {\"type\":\"message_stop\"}", "data:{ \"type\" : \"message_stop\",\"x\":1}"})
    EXPECT_EQ(like_message_stop(line), Likeness::yes) << line;
  for (const char* line :
       {"event: message_stopped", "event: message_start", "event: ping", "data: {\"type\":\"message_start\"}",
        "data: {\"index\":0", "id: message_stop", "data: message_stop"})
    EXPECT_EQ(like_message_stop(line), Likeness::no) << line;
  for (const std::string whole : {"event: message_stop", "data: {\"type\":\"message_stop\""})
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_EQ(like_message_stop(whole.substr(0, size)), Likeness::partly) << whole.substr(0, size);
}

}  // namespace
}  // namespace tidegate::upstream
