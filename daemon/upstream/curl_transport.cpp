#include "daemon/upstream/curl_transport.h"

#include <cassert>
#include <utility>

#include "daemon/upstream/curl_transfer.h"

namespace tidegate::upstream {

/// The caller's end of a transfer.
class CurlStream final : public ResponseStream {
 public:
  CurlStream(CurlTransport& transport, std::shared_ptr<CurlTransfer> transfer)
      : transport_(transport), transfer_(std::move(transfer)) {}

  ~CurlStream() override {
    transfer_->detach();
    if (transfer_->done()) {
      if (auto handle = transfer_->release_handle()) transport_.keep(std::move(handle));
    } else {
      transfer_->multi().cancel(*transfer_);
    }
    transport_.clear_retired();
  }

  [[nodiscard]] const ResponseHead* head() const noexcept override { return transfer_->head(); }
  [[nodiscard]] std::size_t available() const noexcept override { return transfer_->available(); }
  void take(std::string& into) override { transfer_->take(into); }
  [[nodiscard]] bool done() const noexcept override { return transfer_->done(); }
  [[nodiscard]] const Error* error() const noexcept override { return transfer_->error(); }
  [[nodiscard]] TransferInfo info() const override { return transfer_->info(); }

 private:
  CurlTransport& transport_;
  std::shared_ptr<CurlTransfer> transfer_;
};

CurlTransport::CurlTransport(const Executor& executor, CurlMulti::Sockets sockets)
    : executor_(executor), sockets_(sockets), multi_(std::make_unique<CurlMulti>(executor, sockets)) {}

CurlTransport::~CurlTransport() = default;

void CurlTransport::set_options(std::shared_ptr<const PreparedOptions> options) {
  options_ = std::move(options);
  kept_.clear();
  // Room for every attempt at once, and for connections that replace dying ones.
  multi_->set_pool_size(static_cast<long>(options_->options().max_in_flight) + 8);
}

// A new multi handle is what surely drops them, as libcurl has no call for it. CURLMOPT_MAXCONNECTS is looked at only
// when an attempt ends, and closes one then; CURLOPT_MAXLIFETIME_CONN counts whole seconds, from one on;
// CURLOPT_FRESH_CONNECT leaves the old ones in the pool; and none of them keeps a request off an HTTP/2 connection that
// others are using. Names are looked up afresh too, which another network may answer otherwise.
void CurlTransport::drop_idle_connections() {
  if (multi_->open_sockets() == 0) return;
  retired_.push_back(std::exchange(multi_, std::make_unique<CurlMulti>(executor_, sockets_)));
  set_options(options_);
  clear_retired();
}

void CurlTransport::clear_retired() {
  for (auto it = retired_.begin(); it != retired_.end();) {
    if ((*it)->running() > 0) {
      ++it;
      continue;
    }
    gone_.opened_total += (*it)->opened_total();
    gone_.reused_total += (*it)->reused_total();
    it = retired_.erase(it);
  }
}

std::unique_ptr<CurlHandle> CurlTransport::take_handle() {
  if (kept_.empty()) return std::make_unique<CurlHandle>(*multi_, options_);
  auto handle = std::move(kept_.back());
  kept_.pop_back();
  return handle;
}

void CurlTransport::keep(std::unique_ptr<CurlHandle> handle) {
  const bool fits = &handle->options() == options_.get() && &handle->multi() == multi_.get();
  if (fits && kept_.size() < kMaxKeptHandles) kept_.push_back(std::move(handle));
}

std::unique_ptr<ResponseStream> CurlTransport::start(Request request, Wakeup& wakeup) {
  assert(options_ != nullptr);
  auto transfer = std::make_shared<CurlTransfer>(take_handle(), std::move(request), wakeup);
  auto stream = std::make_unique<CurlStream>(*this, transfer);
  multi_->add(std::move(transfer));
  return stream;
}

ConnectionCounts CurlTransport::counts() const noexcept {
  ConnectionCounts counts = gone_;
  const auto add = [&counts](const CurlMulti& multi) {
    counts.opened_total += multi.opened_total();
    counts.reused_total += multi.reused_total();
    counts.open += multi.open_sockets();
    counts.in_use += multi.running();
  };
  add(*multi_);
  for (const auto& retired : retired_) add(*retired);
  return counts;
}

}  // namespace tidegate::upstream
