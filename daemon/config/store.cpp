#include "daemon/config/store.h"

#include <utility>

namespace tidegate::config {
namespace {

SnapshotPtr freeze(Snapshot snapshot, std::uint64_t generation, WallTime loaded_at) {
  snapshot.generation = generation;
  snapshot.loaded_at = loaded_at;
  return std::make_shared<const Snapshot>(std::move(snapshot));
}

}  // namespace

Store::Store(Snapshot first, WallTime now) : current_(freeze(std::move(first), 1, now)) {}

SnapshotPtr Store::prepare(Snapshot next, WallTime now) const {
  return freeze(std::move(next), current_->generation + 1, now);
}

void Store::accept(SnapshotPtr next) noexcept {
  current_ = std::move(next);
  last_error_.reset();
}

void Store::confirm(Snapshot same) {
  if (same.warnings != current_->warnings)
    current_ = freeze(std::move(same), current_->generation, current_->loaded_at);
  last_error_.reset();
}

}  // namespace tidegate::config
