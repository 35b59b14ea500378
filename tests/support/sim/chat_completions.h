#pragma once

#include "tests/support/sim/reply.h"

namespace tidegate::sim {

/// `POST /v1/chat/completions`, streamed or not, with words or a tool call.
Reply chat_reply(const Prompt& prompt, const ReplyShape& shape);

}  // namespace tidegate::sim
