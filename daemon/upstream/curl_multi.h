#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include <curl/curl.h>

#include "daemon/platform/clock.h"
#include "daemon/platform/socket_set.h"

namespace tidegate::upstream {

class CurlTransfer;

/// libcurl's multi interface on the loop: sockets through a SocketSet, time through one lazy timer. Loop thread only.
/// Owns the transfers that run; finished ones are told and let go. No curl call is made from inside a curl callback:
/// callbacks record, and what follows happens when libcurl has returned.
class CurlMulti {
 public:
  enum class Sockets { best, portable };

  explicit CurlMulti(const Executor& executor, Sockets sockets = Sockets::best);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Idle connections kept in the pool, whatever their host.
  void set_pool_size(long connections);

  /// Runs the transfer until it is done or cancelled. Its first bytes go out before this returns, where a pooled
  /// connection is free.
  void add(std::shared_ptr<CurlTransfer> transfer);

  /// Ends it now. One that still waits for the resolver's thread is ended when that answers: libcurl would block the
  /// loop until then.
  void cancel(CurlTransfer& transfer);

  /// Moves data again after CurlTransfer::resume() and the like.
  void run_pending();

  /// Told by a transfer whose request goes on the wire.
  void request_started(bool new_connection) noexcept { ++(new_connection ? opened_total_ : reused_total_); }

  /// Told by a transfer whose patience is another from now on.
  void look_by(TimePoint next_look) noexcept { idle_deadline_ = std::min(idle_deadline_, next_look); }

  /// Of the sockets that `transfer` has opened only the one with this local port is left: it is connected, or all
  /// have failed (-1).
  void connecting_ended(const CurlTransfer& transfer, int local_port) noexcept;

  [[nodiscard]] std::uint64_t opened_total() const noexcept { return opened_total_; }
  [[nodiscard]] std::uint64_t reused_total() const noexcept { return reused_total_; }
  [[nodiscard]] std::size_t running() const noexcept { return transfers_.size(); }
  [[nodiscard]] std::size_t open_sockets() const noexcept { return open_sockets_; }

 private:
  friend class CurlHandle;  // installs the callbacks
  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_close_socket(void* self, curl_socket_t fd) noexcept;

  void socket_ready(int fd, unsigned ready);
  void action(curl_socket_t fd, int mask);
  void collect_finished();
  void arm_timer();
  void timer_fired();
  void check_idle(TimePoint now);

  Timer timer_;
  TimePoint timer_at_ = TimePoint::max();       // what timer_ waits for
  TimePoint curl_deadline_ = TimePoint::max();  // what libcurl asked for
  TimePoint idle_deadline_ = TimePoint::max();  // when the first transfer has to be looked at, at the earliest
  std::unique_ptr<platform::SocketSet> sockets_;
  CURLM* multi_;
  std::unordered_map<CURL*, std::shared_ptr<CurlTransfer>> transfers_;
  struct Socket {
    const CurlTransfer* connecting = nullptr;  // for which it is being connected; null afterwards
    unsigned interest = 0;
  };
  std::unordered_map<int, Socket> ours_;  // descriptors that we opened
  std::size_t open_sockets_ = 0;
  std::uint64_t opened_total_ = 0;
  std::uint64_t reused_total_ = 0;
  bool in_curl_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tidegate::upstream
