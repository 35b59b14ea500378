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

// What has not arrived with the head is read straight into the body. Beyond a first piece it grows with what has
// arrived, not with what was promised: a claimed length costs nothing.
Task<Result<Ok>> Connection::read_sized_body(std::string& body, std::uint64_t length) {
  std::size_t filled = static_cast<std::size_t>(std::min<std::uint64_t>(length, end_ - begin_));
  std::size_t room = filled;
  const auto grow = [&] {
    room = static_cast<std::size_t>(std::min<std::uint64_t>(length, std::max(kFirstReserve, 2 * filled)));
    body.reserve(room + kBodySlack);
  };
  grow();
  body.assign(in_.get() + begin_, filled);
  drop_input(filled);
  while (filled < length) {
    if (filled == room) grow();
    body.resize(room);
    const std::size_t count = co_await read_some(body.data() + filled, room - filled);
    if (count == 0) co_return body_interrupted();
    filled += count;
  }
  co_return Ok{};
}

// One read past in_, which is empty. 0: the end of the input, or of the time for it.
Task<std::size_t> Connection::read_some(char* to, std::size_t at_most) {
  std::size_t count = 0;
  if (timed_out_ || end_of_input_) co_return count;
  reading_ = true;
  socket_.async_read_some(asio::buffer(to, at_most),
                          [self = shared_from_this(), &count](const asio::error_code& error, std::size_t read) {
                            self->reading_ = false;
                            count = read;
                            if (error) self->end_of_input_ = true;
                            self->wakeup_.notify();
                          });
  while (reading_) co_await wakeup_.wait();
  co_return timed_out_ ? 0 : count;
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
