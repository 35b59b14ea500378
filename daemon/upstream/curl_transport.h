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
  void drop_idle_connections() override;
  [[nodiscard]] ConnectionCounts counts() const noexcept override;

 private:
  friend class CurlStream;
  void keep(std::unique_ptr<CurlHandle> handle);
  std::unique_ptr<CurlHandle> take_handle();
  void clear_retired();

  static constexpr std::size_t kMaxKeptHandles = 64;

  Executor executor_;
  CurlMulti::Sockets sockets_;
  std::shared_ptr<const PreparedOptions> options_;
  std::unique_ptr<CurlMulti> multi_;
  std::vector<std::unique_ptr<CurlMulti>> retired_;  // each with an attempt at least that is under way
  ConnectionCounts gone_;                            // what those that are no more had counted
  std::vector<std::unique_ptr<CurlHandle>> kept_;    // all carry options_ and belong to multi_
};

}  // namespace tidegate::upstream
