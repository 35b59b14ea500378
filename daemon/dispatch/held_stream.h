#pragma once

#include <memory>
#include <string>

#include "daemon/upstream/transport.h"

namespace tidegate::dispatch {

/// An answer of which some bytes were read ahead to judge it: they come first, then the rest. Loop thread only.
class HeldStream final : public upstream::ResponseStream {
 public:
  HeldStream(std::unique_ptr<upstream::ResponseStream> rest, std::string held)
      : rest_(std::move(rest)), held_(std::move(held)) {}

  [[nodiscard]] const upstream::ResponseHead* head() const noexcept override { return rest_->head(); }
  [[nodiscard]] std::size_t available() const noexcept override { return held_.size() + rest_->available(); }
  void take(std::string& into) override {
    if (held_.empty()) {
      rest_->take(into);
      return;
    }
    into.clear();
    into.swap(held_);
  }
  [[nodiscard]] bool done() const noexcept override { return rest_->done(); }
  [[nodiscard]] const Error* error() const noexcept override { return rest_->error(); }
  [[nodiscard]] upstream::TransferInfo info() const override { return rest_->info(); }

 private:
  std::unique_ptr<upstream::ResponseStream> rest_;
  std::string held_;
};

}  // namespace tidegate::dispatch
