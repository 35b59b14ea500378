#pragma once

#include <array>
#include <memory>

#include <curl/curl.h>

#include "daemon/upstream/curl_options.h"

namespace tidegate::upstream {

class CurlTransfer;
class CurlMulti;

/// An easy handle with everything set that stays the same from one transfer to the next. Kept and used again: that
/// saves a fifth of a request's instructions. libcurl's callbacks find the transfer of the moment through it.
class CurlHandle {
 public:
  CurlHandle(CurlMulti& multi, std::shared_ptr<const PreparedOptions> options);
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  [[nodiscard]] CURL* easy() const noexcept { return easy_; }
  [[nodiscard]] const PreparedOptions& options() const noexcept { return *options_; }
  [[nodiscard]] CurlMulti& multi() const noexcept { return multi_; }

  /// The transfer whose callbacks are to be called; null between transfers.
  CurlTransfer* transfer = nullptr;

  /// Sets an option only where it differs from what it was: each call costs.
  void set_receive_buffer(long bytes);
  void set_upload_buffer(long bytes);
  void set_method(std::string_view method);

  /// What libcurl said of the last failure; "" for none.
  [[nodiscard]] const char* error_text() const noexcept { return error_text_.data(); }
  void clear_error_text() noexcept { error_text_[0] = '\0'; }

 private:
  CurlMulti& multi_;
  std::shared_ptr<const PreparedOptions> options_;
  CURL* easy_;
  long receive_buffer_ = 0;
  long upload_buffer_ = 0;
  std::string method_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace tidegate::upstream
