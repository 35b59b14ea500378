#include "daemon/upstream/curl_transport.h"

#include <cassert>

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
      transport_.multi_.cancel(*transfer_);
    }
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

CurlTransport::CurlTransport(const Executor& executor, CurlMulti::Sockets sockets) : multi_(executor, sockets) {}

CurlTransport::~CurlTransport() = default;

void CurlTransport::set_options(std::shared_ptr<const PreparedOptions> options) {
  options_ = std::move(options);
  kept_.clear();
  // Room for every attempt at once, and for connections that replace dying ones.
  multi_.set_pool_size(static_cast<long>(options_->options().max_in_flight) + 8);
}

std::unique_ptr<CurlHandle> CurlTransport::take_handle() {
  if (kept_.empty()) return std::make_unique<CurlHandle>(multi_, options_);
  auto handle = std::move(kept_.back());
  kept_.pop_back();
  return handle;
}

void CurlTransport::keep(std::unique_ptr<CurlHandle> handle) {
  if (&handle->options() == options_.get() && kept_.size() < kMaxKeptHandles) kept_.push_back(std::move(handle));
}

std::unique_ptr<ResponseStream> CurlTransport::start(Request request, Wakeup& wakeup) {
  assert(options_ != nullptr);
  auto transfer = std::make_shared<CurlTransfer>(take_handle(), std::move(request), wakeup);
  auto stream = std::make_unique<CurlStream>(*this, transfer);
  multi_.add(std::move(transfer));
  return stream;
}

ConnectionCounts CurlTransport::counts() const noexcept {
  return {multi_.opened_total(), multi_.reused_total(), multi_.open_sockets(), multi_.running()};
}

}  // namespace tidegate::upstream
