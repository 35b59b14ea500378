#include "daemon/http/response_writer.h"

#include <charconv>

namespace tidegate::http {
namespace {

// A decimal number, without an allocation.
class Digits {
 public:
  explicit Digits(std::uint64_t value)
      : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), value).ptr) {}
  [[nodiscard]] std::string_view text() const noexcept {
    return {digits_.data(), static_cast<std::size_t>(end_ - digits_.data())};
  }

 private:
  std::array<char, 20> digits_;
  char* end_;
};

}  // namespace

bool ResponseWriter::body_allowed() const noexcept {
  return connection_.head().method != "HEAD" && status_ != 204 && status_ != 304 && status_ >= 200;
}

void ResponseWriter::begin(int status, std::string_view reason) {
  status_ = status;
  head_.clear();
  head_.reserve(512);
  head_.append("HTTP/1.1 ").append(Digits(static_cast<std::uint64_t>(status)).text()).append(" ");
  head_.append(reason.empty() ? reason_phrase(status) : reason).append("\r\n");
}

void ResponseWriter::header(std::string_view name, std::string_view value) {
  head_.append(name).append(": ").append(value).append("\r\n");
}

void ResponseWriter::header(std::string_view name, std::uint64_t value) { header(name, Digits(value).text()); }

void ResponseWriter::end_head(std::optional<std::uint64_t> content_length) {
  const auto& request = connection_.head();
  if (content_length) {
    if (status_ != 204) header("Content-Length", *content_length);
  } else if (body_allowed()) {
    if (request.version == 11) {
      chunked_ = true;
      head_ += "Transfer-Encoding: chunked\r\n";
    } else {
      close_ = true;
    }
  }
  if (!request.keep_alive || connection_.closing()) close_ = true;
  if (close_) {
    head_ += "Connection: close\r\n";
  } else {
    if (request.version == 10) head_ += "Connection: keep-alive\r\n";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(connection_.limits().idle_timeout);
    head_.append("Keep-Alive: timeout=").append(Digits(static_cast<std::uint64_t>(seconds.count())).text());
    head_.append("\r\n");
  }
  head_ += "\r\n";
}

Task<bool> ResponseWriter::send(std::string_view bytes, bool last) {
  static constexpr std::string_view kEndOfChunk = "\r\n";
  static constexpr std::string_view kLastChunk = "0\r\n\r\n";
  std::array<asio::const_buffer, 5> buffers;
  std::size_t count = 0;
  const auto add = [&](std::string_view piece) { buffers[count++] = asio::buffer(piece.data(), piece.size()); };

  if (!started_) add(head_);
  std::array<char, 18> size_line;
  const bool with_body = !bytes.empty() && body_allowed();
  if (with_body) {
    if (chunked_) {
      char* end = std::to_chars(size_line.data(), size_line.data() + 16, bytes.size(), 16).ptr;
      *end++ = '\r';
      *end++ = '\n';
      add({size_line.data(), static_cast<std::size_t>(end - size_line.data())});
    }
    add(bytes);
    if (chunked_) add(kEndOfChunk);
    bytes_sent_ += bytes.size();
  }
  if (last && chunked_) add(kLastChunk);
  started_ = true;
  if (count > 0) {
    std::span<asio::const_buffer> rest(buffers.data(), count);
    // Nearly always the socket takes all of it at once: no coroutine for that.
    const auto tried = connection_.try_write(rest);
    if (tried == Connection::Written::failed) co_return false;
    if (tried == Connection::Written::some) {
      const bool written = co_await connection_.write(rest);
      if (!written) co_return false;
    }
  }
  complete_ = last;
  co_return true;
}

Task<bool> ResponseWriter::send_whole(std::string_view body) {
  end_head(body.size());
  co_return co_await send(body, true);
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "";
  }
}

}  // namespace tidegate::http
