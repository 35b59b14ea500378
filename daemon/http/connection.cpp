#include "daemon/http/connection.h"

#include <algorithm>
#include <cstring>

#include <asio/redirect_error.hpp>

#include "daemon/http/request_parser.h"

namespace tidegate::http {
namespace {

constexpr std::chrono::seconds kLingerTime{1};
constexpr std::size_t kLingerBytes = std::size_t{1} << 20;

}  // namespace

Connection::Connection(Socket socket, std::shared_ptr<const Limits> limits, Peer peer)
    : socket_(std::move(socket)),
      limits_(std::move(limits)),
      peer_(peer),
      wakeup_(socket_.get_executor()),
      deadline_timer_(socket_.get_executor()) {
  asio::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Connection::make_room(std::size_t bytes) {
  const auto held = end_ - begin_;
  if (capacity_ < held + bytes) {
    auto larger = std::make_unique_for_overwrite<char[]>(held + bytes);
    if (held > 0) std::memcpy(larger.get(), in_.get() + begin_, held);
    in_ = std::move(larger);
    capacity_ = held + bytes;
  } else if (begin_ > 0 && held > 0) {
    std::memmove(in_.get(), in_.get() + begin_, held);
  }
  begin_ = 0;
  end_ = held;
}

// The read under way fills in_ behind end_. Its buffer stays put until it is done: only start_read() moves bytes.
void Connection::start_read(std::size_t at_least) {
  if (reading_ || end_of_input_) return;
  make_room(at_least);
  reading_ = true;
  socket_.async_read_some(asio::buffer(in_.get() + end_, capacity_ - end_),
                          [self = shared_from_this()](const asio::error_code& error, std::size_t count) {
                            self->reading_ = false;
                            self->end_ += count;
                            if (error) self->end_of_input_ = true;
                            self->wakeup_.notify();
                            if (self->watching_ && self->end_ - self->begin_ < Limits::kMaxPipelined)
                              self->start_read(kReadSize);
                          });
}

// A deadline that passes in the turn in which a read ends finds nothing to cancel: it counts all the same.
Task<bool> Connection::fill(std::size_t at_least) {
  if (timed_out_) co_return false;
  start_read(at_least);
  while (reading_) co_await wakeup_.wait();
  co_return !end_of_input_ && !timed_out_;
}

// The timer is only touched when the new deadline is before the one that it waits for: a request moves its deadline
// several times, and each move of a timer costs.
void Connection::set_deadline(TimePoint deadline) {
  deadline_ = deadline;
  if (deadline_ < timer_at_) arm_deadline_timer();
}

void Connection::arm_deadline_timer() {
  timer_at_ = deadline_;
  deadline_timer_.expires_at(timer_at_);
  deadline_timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (error) return;  // moved to an earlier time, or closed
    self->timer_at_ = TimePoint::max();
    if (self->deadline_ == TimePoint::max()) return;
    if (Clock::now() < self->deadline_) {
      self->arm_deadline_timer();
      return;
    }
    self->timed_out_ = true;
    asio::error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void Connection::drop_input(std::size_t bytes) {
  begin_ += bytes;
  // The read under way writes behind end_, so the buffer may only be rewound without one.
  if (begin_ == end_ && !reading_) begin_ = end_ = 0;
}

Task<Result<Connection::Head>> Connection::read_head() {
  watching_ = false;
  const auto idle_until = Clock::now() + limits_->idle_timeout;
  std::size_t searched = 0;
  bool begun = false;
  idle_ = true;
  set_deadline(idle_until);
  while (true) {
    const auto bytes = input();
    if (!bytes.empty() && !begun) {
      begun = true;
      idle_ = false;
      set_deadline(Clock::now() + limits_->head_timeout);
    }
    if (const auto end = find_head_end(bytes, searched); end > 0 && end <= Limits::kMaxHead) {
      head_.raw.assign(bytes.substr(0, end));
      drop_input(end);
      set_deadline(TimePoint::max());
      auto parsed = parse_request_head(head_);
      if (!parsed) co_return parsed.error();
      co_return Head::ready;
    }
    searched = bytes.size();
    if (bytes.size() >= Limits::kMaxHead) {
      Error too_large{ErrorCode::head_too_large, "the header block is over 64 KiB"};
      co_return too_large;
    }
    if (bytes.size() > 2 * Limits::kMaxEmptyLines && bytes.find_first_not_of("\r\n") == std::string_view::npos) {
      Error empty{ErrorCode::bad_request, "empty lines instead of a request"};
      co_return empty;
    }
    if (!begun && close_when_idle_) co_return Head::closed;
    const bool more = co_await fill();
    if (more) continue;
    if (timed_out_ && begun) {
      Error late{ErrorCode::request_timeout, "the request's head did not arrive in time"};
      co_return late;
    }
    co_return Head::closed;
  }
}

void Connection::watch_for_hangup() {
  watching_ = true;
  if (end_ - begin_ < Limits::kMaxPipelined) start_read(kReadSize);
}

Connection::Written Connection::try_write(std::span<asio::const_buffer>& buffers) {
  asio::error_code error;
  std::size_t written = socket_.write_some(buffers, error);
  if (error == asio::error::would_block || error == asio::error::try_again) return Written::some;
  if (error) {
    end_of_input_ = true;
    return Written::failed;
  }
  while (!buffers.empty() && written >= buffers.front().size()) {
    written -= buffers.front().size();
    buffers = buffers.subspan(1);
  }
  if (buffers.empty()) return Written::all;
  buffers.front() += written;
  return Written::some;
}

Task<bool> Connection::write(std::span<asio::const_buffer> buffers) {
  while (true) {
    const auto written = try_write(buffers);
    if (written != Written::some) co_return written == Written::all;
    asio::error_code error;
    set_deadline(Clock::now() + limits_->write_timeout);
    co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(use_task, error));
    set_deadline(TimePoint::max());
    if (error) {
      end_of_input_ = true;
      co_return false;
    }
  }
}

Task<> Connection::close_gracefully() {
  watching_ = false;
  asio::error_code ignored;
  if (reset_) {
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
    co_return;
  }
  socket_.shutdown(Socket::shutdown_send, ignored);
  timed_out_ = false;
  const auto until = Clock::now() + kLingerTime;
  set_deadline(until);
  std::size_t dropped = 0;
  while (!end_of_input_ && dropped < kLingerBytes && Clock::now() < until) {
    dropped += end_ - begin_;
    drop_input(end_ - begin_);
    co_await fill();
  }
  close();
}

void Connection::reset_on_close() noexcept { reset_ = true; }

void Connection::close() noexcept {
  asio::error_code ignored;
  end_of_input_ = true;
  deadline_ = TimePoint::max();
  deadline_timer_.cancel();
  socket_.close(ignored);
  wakeup_.notify();
}

void Connection::close_when_idle() noexcept {
  close_when_idle_ = true;
  if (idle_ && input().empty()) close();
}

}  // namespace tidegate::http
