#pragma once

#include "common/error.h"
#include "daemon/dispatch/wait_queue.h"

namespace tidegate::dispatch {

/// What a client is told that cannot be taken in: which bound of the queue it would pass, and its key.
Error queue_full(policy::QueueRefusal refusal, const WaitQueue::Bounds& bounds);

}  // namespace tidegate::dispatch
