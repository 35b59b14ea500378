#include "tests/support/sim/inbox.h"

#include <utility>

namespace tidegate::sim {

Inbox::Inbox(Transport& transport, std::function<void()> on_change)
    : transport_(transport), on_change_(std::move(on_change)) {}

void Inbox::arm(std::shared_ptr<void> owner) {
  if (reading_ || ended_ || bytes().size() >= kReadAhead) return;
  reading_ = true;
  transport_.read_some(asio::buffer(scratch_),
                       [this, owner = std::move(owner)](const std::error_code& error, std::size_t count) {
                         reading_ = false;
                         unused_.append(scratch_.data(), count);
                         if (error) ended_ = true;
                         on_change_();
                       });
}

void Inbox::consume(std::size_t count) {
  begin_ += count;
  if (begin_ < unused_.size()) return;
  unused_.clear();
  begin_ = 0;
}

}  // namespace tidegate::sim
