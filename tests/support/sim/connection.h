#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include "tests/support/sim/answer_writer.h"
#include "tests/support/sim/inbox.h"
#include "tests/support/sim/request_parser.h"
#include "tests/support/sim/router.h"
#include "tests/support/sim/transport.h"

namespace tidegate::sim {

/// One client's connection: requests and answers by turns. All of it runs on the one loop thread.
class Connection final : public Link, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::unique_ptr<Transport> transport, Router& router);
  ~Connection() override;

  /// Serves until the connection ends.
  asio::awaitable<void> run();
  /// Ends it from outside: what is under way fails.
  void stop();

  asio::awaitable<bool> send(std::string_view bytes) override;
  asio::awaitable<bool> pause(std::chrono::milliseconds duration) override;
  asio::awaitable<void> until_gone() override;

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool gone() const noexcept { return stopped_ || inbox_.ended(); }
  /// Until bytes come, the client is gone or the time is there; nothing: no such time.
  asio::awaitable<void> wait(std::optional<Clock::time_point> until);
  asio::awaitable<bool> shake_hands();
  /// The next whole request; null where the connection is to end.
  asio::awaitable<std::shared_ptr<const Request>> read_request();
  asio::awaitable<void> refuse(std::string message);
  /// Whether further requests may come.
  asio::awaitable<bool> answer(std::shared_ptr<const Request> request);
  asio::awaitable<void> close();
  void reset();

  std::unique_ptr<Transport> transport_;
  Router& router_;
  Inbox inbox_;
  asio::steady_timer timer_;
  std::optional<Stats::ConnectionId> id_;
  std::uint64_t served_ = 0;
  bool stopped_ = false;
};

}  // namespace tidegate::sim
