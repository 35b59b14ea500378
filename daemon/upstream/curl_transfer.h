#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "daemon/upstream/curl_handle.h"
#include "daemon/upstream/curl_multi.h"
#include "daemon/upstream/response_head.h"
#include "daemon/upstream/transport.h"

namespace tidegate::upstream {

/// One transfer of libcurl's: an easy handle, what its callbacks recorded, and the request's bytes that it reads from.
/// Shared by the CurlMulti (while it runs) and its CurlStream (while somebody wants the answer). Loop thread only.
class CurlTransfer {
 public:
  CurlTransfer(std::unique_ptr<CurlHandle> handle, Request request, Wakeup& wakeup);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // For the stream.
  [[nodiscard]] const ResponseHead* head() const noexcept { return head_.complete() ? &head_.head() : nullptr; }
  [[nodiscard]] std::size_t available() const noexcept { return received_.size(); }
  void take(std::string& into);
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] const Error* error() const noexcept { return error_ ? &*error_ : nullptr; }
  [[nodiscard]] const TransferInfo& info() const noexcept { return info_; }
  /// Nobody waits any more: the Wakeup is not touched again.
  void detach() noexcept { wakeup_ = nullptr; }
  /// The handle for the next transfer; null while libcurl has it.
  std::unique_ptr<CurlHandle> release_handle() noexcept;

  // For the multi.
  [[nodiscard]] CURL* easy() const noexcept { return handle_->easy(); }
  [[nodiscard]] CurlMulti& multi() const noexcept { return handle_->multi(); }
  void finished(CURLcode code);
  void removed() noexcept { idle_ = true; }
  void timed_out();
  /// To be called at next_look(), at the latest: an upload that moves is progress that no callback tells of.
  void note_progress(TimePoint now);
  /// When it is out of patience.
  [[nodiscard]] TimePoint idle_deadline() const noexcept;
  /// When it has to be looked at: at its deadline, or while it uploads sooner.
  [[nodiscard]] TimePoint next_look() const noexcept;
  [[nodiscard]] bool resolving() const;
  void abandon() noexcept;
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_; }
  void socket_opened() noexcept { socket_opened_ = true; }
  [[nodiscard]] bool has_opened_socket() const noexcept { return socket_opened_; }
  void quit_exit();

  // libcurl's callbacks; `self` is the CurlHandle.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_request_start(void* self, char*, char*, int, int) noexcept;

 private:
  /// Which patience counts now; each has its limit and its words.
  enum class Phase { connecting, sending, waiting, receiving };
  [[nodiscard]] Phase phase() const noexcept;
  [[nodiscard]] std::chrono::milliseconds limit(Phase phase) const noexcept;
  [[nodiscard]] Clock::duration look_every() const noexcept;

  void set_request_options();
  void build_headers();
  void fail(Error error);
  [[nodiscard]] Error describe(CURLcode code) const;
  void notify() noexcept;

  std::unique_ptr<CurlHandle> handle_;
  Request request_;
  Wakeup* wakeup_;

  std::string header_lines_;             // NUL-terminated lines, one after the other
  std::vector<curl_slist> header_list_;  // libcurl's list type over them: no allocation for each field

  ResponseHeadParser head_;
  std::string received_;
  std::optional<Error> error_;
  TransferInfo info_;
  TimePoint last_progress_;
  TimePoint last_look_;
  curl_off_t uploaded_ = 0;
  bool uploading_;  // a body that the first write may not have taken whole
  bool receiving_ = false;
  bool done_ = false;
  bool paused_ = false;
  bool idle_ = false;  // libcurl no longer has the handle
  bool abandoned_ = false;
  bool socket_opened_ = false;
  bool request_started_ = false;
};

}  // namespace tidegate::upstream
