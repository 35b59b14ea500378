// Reading a request's body: the part of Connection that knows about lengths and chunks.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "daemon/http/chunked_body.h"
#include "daemon/http/connection.h"

namespace tidegate::http {
namespace {

Error body_too_large(const Limits& limits) {
  return {ErrorCode::body_too_large, fmt::format("the body is over {} bytes (gateway.maxBody)", limits.max_body)};
}

}  // namespace

Error Connection::body_interrupted() const {
  if (timed_out_) return {ErrorCode::request_timeout, "the request's body did not arrive in time"};
  return {ErrorCode::client_gone, "the client hung up before its request was whole"};
}

Task<Result<Ok>> Connection::read_body(std::string& body) {
  if (!head_.has_body()) co_return Ok{};
  // Refused before the client is told to go on (RFC 9110 §10.1.1).
  if (head_.content_length.value_or(0) > limits_->max_body) co_return body_too_large(*limits_);
  if (head_.expect_continue && input().empty()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::const_buffer buffer(kContinue.data(), kContinue.size());
    const bool written = co_await write({&buffer, 1});
    if (!written) co_return body_interrupted();
  }
  set_deadline(Clock::now() + limits_->body_timeout);
  Result<Ok> result = Ok{};
  if (head_.chunked)
    result = co_await read_chunked_body(body);
  else
    result = co_await read_sized_body(body, *head_.content_length);
  set_deadline(TimePoint::max());
  co_return result;
}

// Beyond a first piece it grows with what has arrived, not with what was promised: a claimed length costs nothing.
Task<Result<Ok>> Connection::read_sized_body(std::string& body, std::uint64_t length) {
  body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, kFirstReserve)) + kBodySlack);
  while (true) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length - body.size(), end_ - begin_));
    body.append(in_.get() + begin_, wanted);
    drop_input(wanted);
    const auto missing = static_cast<std::size_t>(length - body.size());
    if (missing == 0) break;
    const bool more = co_await fill(std::clamp(missing, kReadSize, kReadSizeBody));
    if (!more && end_ == begin_) co_return body_interrupted();
  }
  if (capacity_ > kReadSizeBody / 2 && begin_ == end_ && !reading_) {
    in_.reset();
    capacity_ = 0;
  }
  co_return Ok{};
}

Task<Result<Ok>> Connection::read_chunked_body(std::string& body) {
  ChunkedBody decoder(limits_->max_body);
  while (true) {
    auto used = decoder.feed(input(), body);
    if (!used) co_return used.error();
    drop_input(*used);
    if (decoder.done()) co_return Ok{};
    // A chunk's head or the trailers that do not fit are not going to end.
    if (end_ - begin_ > Limits::kMaxTrailers) {
      Error endless{ErrorCode::bad_request, "a chunk's head or trailer is over its bound"};
      co_return endless;
    }
    const bool more = co_await fill(kReadSizeBody);
    if (!more) co_return body_interrupted();
  }
}

}  // namespace tidegate::http
