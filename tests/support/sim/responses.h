#pragma once

#include "tests/support/sim/reply.h"

namespace tidegate::sim {

/// `POST /v1/responses`, streamed (response.created … response.completed) or not, with words or a function call.
Reply responses_reply(const Prompt& prompt, const ReplyShape& shape);

}  // namespace tidegate::sim
