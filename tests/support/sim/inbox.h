#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/sim/transport.h"

namespace tidegate::sim {

/// The bytes that a client has sent and nobody has used yet. It also reads while an answer goes out, because that is
/// how a client that hangs up is noticed at once.
class Inbox {
 public:
  static constexpr std::size_t kReadAhead = 64 * 1024;  ///< no further read while so much is unused

  /// `on_change` is called when bytes have come or the client is gone.
  Inbox(Transport& transport, std::function<void()> on_change);

  /// Begins a read unless one is under way; the read keeps `owner` alive.
  void arm(std::shared_ptr<void> owner);
  [[nodiscard]] std::string_view bytes() const noexcept { return std::string_view(unused_).substr(begin_); }
  void consume(std::size_t count);
  /// The client has closed its side, or the connection is broken.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

 private:
  Transport& transport_;
  std::function<void()> on_change_;
  std::array<char, 16 * 1024> scratch_;
  std::string unused_;
  std::size_t begin_ = 0;
  bool reading_ = false;
  bool ended_ = false;
};

}  // namespace tidegate::sim
