#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/connection.h"

namespace tidegate::http {

/// Writes one response: head and body, sized or chunked as it must be. The head goes out together with the first
/// bytes of the body, the last bytes together with the end. One per request; the Connection must outlive it.
class ResponseWriter {
 public:
  explicit ResponseWriter(Connection& connection) : connection_(connection) {}

  /// Starts the head. `reason` may be empty: the standard phrase is used.
  void begin(int status, std::string_view reason = {});
  /// Name and value must be free of CR, LF and NUL; both come from a parser or from us.
  void header(std::string_view name, std::string_view value);
  void header(std::string_view name, std::uint64_t value);

  /// Adds framing and connection fields. Without a length: chunked for HTTP/1.1, ended by closing for HTTP/1.0.
  void end_head(std::optional<std::uint64_t> content_length);

  /// Sends bytes of the body; `last` ends the response. False: the client is gone.
  Task<bool> send(std::string_view bytes, bool last);

  /// Ends the head, sends the whole body.
  Task<bool> send_whole(std::string_view body);

  [[nodiscard]] bool started() const noexcept { return started_; }                 ///< bytes have gone out
  [[nodiscard]] bool complete() const noexcept { return complete_; }               ///< the response has its end
  [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }  ///< of the body
  [[nodiscard]] int status() const noexcept { return status_; }

  /// The connection cannot carry another request after this response.
  void close_after() noexcept { close_ = true; }
  [[nodiscard]] bool must_close() const noexcept { return close_ || !complete_; }

 private:
  [[nodiscard]] bool body_allowed() const noexcept;

  Connection& connection_;
  std::string head_;
  std::uint64_t bytes_sent_ = 0;
  int status_ = 0;
  bool chunked_ = false;
  bool close_ = false;
  bool started_ = false;
  bool complete_ = false;
};

/// The standard reason phrase (RFC 9110 §15), "" for an unknown status.
std::string_view reason_phrase(int status) noexcept;

}  // namespace tidegate::http
