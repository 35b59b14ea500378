#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/upstream/curl_handle.h"
#include "daemon/upstream/curl_multi.h"
#include "daemon/upstream/transport.h"

namespace tidegate::upstream {

/// The Transport over libcurl.
class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(const Executor& executor, CurlMulti::Sockets sockets = CurlMulti::Sockets::best);
  ~CurlTransport() override;

  void set_options(std::shared_ptr<const PreparedOptions> options) override;
  std::unique_ptr<ResponseStream> start(Request request, Wakeup& wakeup) override;
  [[nodiscard]] ConnectionCounts counts() const noexcept override;

 private:
  friend class CurlStream;
  void keep(std::unique_ptr<CurlHandle> handle);
  std::unique_ptr<CurlHandle> take_handle();

  static constexpr std::size_t kMaxKeptHandles = 64;

  CurlMulti multi_;
  std::shared_ptr<const PreparedOptions> options_;
  std::vector<std::unique_ptr<CurlHandle>> kept_;  // all carry options_
};

}  // namespace tidegate::upstream
