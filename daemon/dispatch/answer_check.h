#pragma once

#include <memory>
#include <string>

#include "daemon/policy/outcome.h"
#include "daemon/upstream/transport.h"

namespace tidegate::dispatch {

/// Looks at the beginning of an attempt's answer before any of it may reach the client: until then it can be repeated.
/// A short answer is waited for whole, an event stream until its first event. Loop thread only.
class AnswerCheck {
 public:
  /// Up to so many bytes are waited for.
  static constexpr std::size_t kHeldAnswer = std::size_t{64} << 10;
  /// A first event that is longer is not looked into.
  static constexpr std::size_t kFirstEvent = std::size_t{4} << 10;

  explicit AnswerCheck(std::unique_ptr<upstream::ResponseStream> stream) : stream_(std::move(stream)) {}

  /// Enough has come. Takes what has come so far; to be asked again after each of the stream's notifications.
  [[nodiscard]] bool ready();

  /// Its head has come and says that it is a failure.
  [[nodiscard]] bool failed() const noexcept { return stream_->head() != nullptr && stream_->head()->status >= 400; }

  /// What the attempt came to, once it is ready.
  [[nodiscard]] policy::Outcome outcome(std::chrono::system_clock::time_point now) const;

  [[nodiscard]] const upstream::ResponseStream& stream() const noexcept { return *stream_; }

  /// The answer from its first byte. Nothing is left behind.
  [[nodiscard]] std::unique_ptr<upstream::ResponseStream> release();
  /// Ends it.
  void drop() noexcept { stream_.reset(); }

 private:
  [[nodiscard]] bool event_stream() const;
  [[nodiscard]] bool wanted_whole() const;
  void take();

  std::unique_ptr<upstream::ResponseStream> stream_;
  std::string held_;
};

/// The data of the first event in `bytes`, comments passed over; nothing where it is not whole yet.
std::optional<std::string_view> first_event_data(std::string_view bytes) noexcept;

}  // namespace tidegate::dispatch
