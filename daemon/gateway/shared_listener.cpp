#include "daemon/gateway/shared_listener.h"

#include <fmt/format.h>

namespace tidegate::gateway {

/// The call's answer as an attempt's: what Relay reads.
class SharedListener::Stream final : public upstream::ResponseStream {
 public:
  explicit Stream(SharedListener& listener) : listener_(listener), call_(*listener.call_) {}

  [[nodiscard]] const upstream::ResponseHead* head() const noexcept override { return call_.head(); }
  [[nodiscard]] std::size_t available() const noexcept override {
    return static_cast<std::size_t>(call_.body().end() - listener_.position_);
  }
  // In pieces, or one that joins late would have a copy of all there is.
  void take(std::string& into) override {
    into = call_.body().read(listener_.position_, kHighWater);
    listener_.position_ += into.size();
    call_.was_read();
  }
  [[nodiscard]] bool done() const noexcept override { return call_.ended(); }
  [[nodiscard]] const Error* error() const noexcept override { return call_.error(); }
  [[nodiscard]] upstream::TransferInfo info() const override { return call_.transfer(); }

 private:
  SharedListener& listener_;
  SharedCall& call_;
};

SharedListener::SharedListener(std::shared_ptr<SharedCall> call, dispatch::Exchange& exchange, bool first)
    : call_(std::move(call)), exchange_(exchange), first_(first) {
  call_->join(*this);
  if (first_) return;
  exchange_.entry.set_shared_with(call_->id());
  exchange_.entry.enter(observe::ExchangeRecord::State::waiting, Clock::now());
  exchange_.entry.set_waiting_for(fmt::format("the answer to {} (same Idempotency-Key)", call_->id()));
}

SharedListener::~SharedListener() { call_->leave(*this); }

Task<Result<dispatch::Answer>> SharedListener::answer() {
  const auto& deadline = exchange_.deadline;
  while (!call_->has_head() && !call_->ended() && !exchange_.client_gone() && !deadline.over())
    co_await exchange_.wait(deadline.end);
  if (exchange_.client_gone()) {
    Error gone{ErrorCode::client_gone, "the client hung up"};
    co_return gone;
  }
  if (!call_->has_head() && !call_->ended()) {
    Error late{ErrorCode::deadline_exceeded,
               "the request's deadline passed before its answer had begun (X-Tidegate-Deadline-Ms)"};
    co_return late;
  }
  if (!call_->has_head()) co_return *call_->error();
  dispatch::Answer answer{dispatch::Slot(), std::make_unique<Stream>(*this), call_->verdict(), call_->advice()};
  co_return answer;
}

}  // namespace tidegate::gateway
