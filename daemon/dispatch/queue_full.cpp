#include "daemon/dispatch/queue_full.h"

#include <fmt/format.h>

namespace tidegate::dispatch {
namespace {

std::string text(policy::QueueRefusal refusal, const WaitQueue::Bounds& bounds) {
  using policy::QueueRefusal;
  switch (refusal) {
    case QueueRefusal::client_depth:
      return fmt::format("{} requests of this client are waiting already (queue.maxPerClient)", bounds.max_per_client);
    case QueueRefusal::bytes:
      return fmt::format("the requests in hand would hold over {} bytes (queue.maxBytes)", bounds.max_bytes);
    case QueueRefusal::client_bytes:
      return fmt::format(
          "the requests in hand of this client would hold over {} bytes (three quarters of "
          "queue.maxBytes)",
          policy::QueueUsage::bytes_of_one(bounds.max_bytes));
    case QueueRefusal::depth:
    case QueueRefusal::none: break;
  }
  return fmt::format("{} requests are waiting already (queue.maxDepth)", bounds.max_depth);
}

}  // namespace

Error queue_full(policy::QueueRefusal refusal, const WaitQueue::Bounds& bounds) {
  return {ErrorCode::queue_full, text(refusal, bounds)};
}

}  // namespace tidegate::dispatch
