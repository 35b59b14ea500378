#include "tests/support/sim/connection.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include <fmt/format.h>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "common/ascii.h"
#include "tests/support/sim/fault_answers.h"

namespace tidegate::sim {
namespace {

constexpr std::chrono::seconds kHandshakeTime(
    60);  ///< for TLS's handshake; long, because a loaded machine is no reason to hang up
constexpr std::chrono::seconds kRequestTime(120);  ///< from a request's first byte to its last
constexpr std::chrono::seconds kClosingTime(1);    ///< for the client to close, too

/// The date for answers, formatted once a second. A copy: an answer may wait for longer than that.
std::string date_now() {
  static std::time_t formatted = 0;
  static std::string text;
  if (const auto now = std::time(nullptr); now != formatted) {
    formatted = now;
    text = http_date(static_cast<std::int64_t>(now));
  }
  return text;
}

}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, Router& router)
    : transport_(std::move(transport)),
      router_(router),
      inbox_(*transport_, [this] { timer_.cancel(); }),
      timer_(transport_->socket().get_executor()) {}

Connection::~Connection() {
  if (id_) router_.stats().connection_closed(*id_);
}

void Connection::stop() {
  stopped_ = true;
  std::error_code ignored;
  transport_->socket().close(ignored);
  timer_.cancel();
}

asio::awaitable<void> Connection::wait(std::optional<Clock::time_point> until) {
  timer_.expires_at(until.value_or(Clock::time_point::max()));
  std::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<bool> Connection::send(std::string_view bytes) {
  if (gone()) co_return false;
  const auto error = co_await transport_->write(bytes);
  co_return !error && !gone();
}

asio::awaitable<bool> Connection::pause(std::chrono::milliseconds duration) {
  const auto until = Clock::now() + duration;
  while (!gone() && Clock::now() < until) co_await wait(until);
  co_return !gone();
}

asio::awaitable<void> Connection::until_gone() {
  while (!gone()) co_await wait(std::nullopt);
}

asio::awaitable<bool> Connection::shake_hands() {
  timer_.expires_after(kHandshakeTime);
  timer_.async_wait([self = shared_from_this()](const std::error_code& error) {
    if (!error) self->stop();
  });
  const auto error = co_await transport_->handshake();
  timer_.cancel();
  co_return !error && !stopped_;
}

asio::awaitable<std::shared_ptr<const Request>> Connection::read_request() {
  RequestParser parser;
  const auto idle = router_.options().keep_alive_timeout;
  std::optional<Clock::time_point> until;
  if (idle.count() > 0) until = Clock::now() + idle;
  bool begun = false;
  bool told_to_continue = false;
  for (;;) {
    if (!inbox_.bytes().empty()) {
      if (!std::exchange(begun, true)) until = Clock::now() + kRequestTime;
      const auto used = parser.feed(inbox_.bytes());
      inbox_.consume(used);
    }
    if (parser.state() == RequestParser::State::done) co_return parser.request();
    if (parser.state() == RequestParser::State::failed) {
      co_await refuse(parser.failure());
      co_return nullptr;
    }
    if (parser.state() == RequestParser::State::body && parser.request()->expects_continue && !told_to_continue) {
      told_to_continue = true;
      const bool sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
      if (!sent) co_return nullptr;
    }
    const auto before = inbox_.bytes().size();
    inbox_.arm(shared_from_this());
    while (!gone() && inbox_.bytes().size() == before) {
      if (until && Clock::now() >= *until) co_return nullptr;
      co_await wait(until);
    }
    if (gone() && inbox_.bytes().size() == before) co_return nullptr;
  }
}

asio::awaitable<void> Connection::refuse(std::string message) {
  Request nothing;
  auto refusal = error_answer(nothing, 400, message);
  const auto date = date_now();
  const HeadFacts facts{date, "0", false};
  co_await write_answer(*this, nothing, refusal, facts);
}

asio::awaitable<bool> Connection::answer(std::shared_ptr<const Request> request) {
  const auto begun = Clock::now();
  const bool observed = is_observation(*request);
  if (observed && served_ == 0 && id_) {
    router_.stats().connection_observes(*id_);
    id_.reset();
  }
  ++served_;
  if (!observed) router_.stats().request_begins(id_.value_or(0), *request);
  auto answer = router_.handle(request, begun);
  inbox_.arm(shared_from_this());
  const auto most = router_.options().max_requests_per_connection;
  static std::uint64_t last_request = 0;
  const auto request_id = fmt::format("{:08x}", ++last_request);
  const auto date = date_now();
  const HeadFacts facts{date, request_id, request->keep_alive && (most == 0 || served_ < most)};
  const auto ending = co_await write_answer(*this, *request, answer, facts);
  const int status = answer.head_sent ? answer.status : 0;
  if (!observed) router_.stats().request_ends(status, ending == Ending::aborted && !stopped_);
  if (router_.options().log)
    fmt::print(stderr, "{} {} {} {:.1f} ms gateway={}{}\n", printable(request->method), printable(request->target),
               status, std::chrono::duration<double, std::milli>(Clock::now() - begun).count(),
               printable(request->header("x-tidegate-gateway").value_or("-")),
               ending == Ending::aborted ? " aborted" : "");
  if (ending == Ending::close) co_await close();
  if (ending == Ending::reset) reset();
  co_return ending == Ending::keep_alive;
}

asio::awaitable<void> Connection::close() {
  // A timer bounds both parts: TLS waits for the client's own goodbye, TCP for its FIN, without which unread bytes
  // would turn our close into a reset that destroys the answer's end.
  asio::steady_timer bound(timer_.get_executor(), kClosingTime);
  bound.async_wait([self = shared_from_this()](const std::error_code& error) {
    if (!error) self->stop();
  });
  co_await transport_->shutdown();
  while (!gone()) {
    inbox_.consume(inbox_.bytes().size());
    inbox_.arm(shared_from_this());
    co_await wait(std::nullopt);
  }
  bound.cancel();
}

void Connection::reset() {
  std::error_code ignored;
  transport_->socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stop();
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  const bool ready = co_await shake_hands();
  if (ready) {
    id_ = router_.stats().connection_opened();
    for (;;) {
      const auto request = co_await read_request();
      if (!request) break;
      const bool more = co_await answer(request);
      if (!more) break;
    }
    if (!gone()) co_await close();
  }
  stop();
}

}  // namespace tidegate::sim
