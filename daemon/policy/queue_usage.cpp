#include "daemon/policy/queue_usage.h"

#include <cassert>

namespace tidegate::policy {

std::string_view refusal_name(QueueRefusal refusal) noexcept {
  switch (refusal) {
    case QueueRefusal::none: return "none";
    case QueueRefusal::depth: return "depth";
    case QueueRefusal::client_depth: return "client_depth";
    case QueueRefusal::bytes: return "bytes";
    case QueueRefusal::client_bytes: return "client_bytes";
  }
  return "";
}

QueueRefusal QueueUsage::may_wait(const QueueBounds& bounds, std::string_view client) const noexcept {
  const auto own = of(client).waiting;
  if (bounds.max_per_client != 0 && own >= bounds.max_per_client) return QueueRefusal::client_depth;
  if (all_.waiting < bounds.max_depth) return QueueRefusal::none;
  const bool small = own < kKeptPlaces && own * kSmallShare < all_.waiting;
  return small && bounds.max_depth != 0 ? QueueRefusal::none : QueueRefusal::depth;
}

QueueRefusal QueueUsage::may_hold(const QueueBounds& bounds, std::string_view client,
                                  std::uint64_t bytes) const noexcept {
  if (all_.bytes > bounds.max_bytes || bytes > bounds.max_bytes - all_.bytes) return QueueRefusal::bytes;
  const auto own = of(client).bytes;
  if (client.empty() || own == 0) return QueueRefusal::none;
  const auto share = bytes_of_one(bounds.max_bytes);
  return own > share || bytes > share - own ? QueueRefusal::client_bytes : QueueRefusal::none;
}

void QueueUsage::enter(std::string_view client) { change(client, 1, 0, true); }
void QueueUsage::leave(std::string_view client) noexcept { change(client, 1, 0, false); }
void QueueUsage::hold(std::string_view client, std::uint64_t bytes) { change(client, 0, bytes, true); }
void QueueUsage::free(std::string_view client, std::uint64_t bytes) noexcept { change(client, 0, bytes, false); }

QueueUsage::Use QueueUsage::of(std::string_view client) const noexcept {
  const auto found = clients_.find(client);
  return found == clients_.end() ? Use{} : found->second;
}

void QueueUsage::change(std::string_view client, std::uint64_t waiting, std::uint64_t bytes, bool more) {
  if (waiting == 0 && bytes == 0) return;
  auto found = clients_.find(client);
  assert(more || found != clients_.end());
  if (found == clients_.end()) found = clients_.emplace(client, Use{}).first;
  for (auto* use : {&all_, &found->second}) {
    use->waiting = more ? use->waiting + waiting : use->waiting - waiting;
    use->bytes = more ? use->bytes + bytes : use->bytes - bytes;
  }
  if (found->second.waiting == 0 && found->second.bytes == 0) clients_.erase(found);
}

}  // namespace tidegate::policy
