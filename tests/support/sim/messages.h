#pragma once

#include "tests/support/sim/reply.h"

namespace tidegate::sim {

/// `POST /v1/messages` (Anthropic), streamed or not, with words or a tool's use.
Reply messages_reply(const Prompt& prompt, const ReplyShape& shape);

}  // namespace tidegate::sim
