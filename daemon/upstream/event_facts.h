#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>

#include "daemon/upstream/dialect.h"
#include "daemon/upstream/json_walk.h"

namespace tidegate::upstream {

/// What an event is for, as far as the end of its stream depends on it.
enum class EventType {
  none,             ///< not told, or nothing that this table knows
  chat_chunk,       ///< chat: `chat.completion.chunk`, `text_completion`, or whatever has `choices`
  message_part,     ///< messages: `message_start`, `message_delta`, `content_block_…`
  message_stop,     ///< messages: the end
  response_part,    ///< responses: every other `response.…`
  response_ended,   ///< responses: `response.completed`, `response.incomplete`, `response.cancelled`
  response_failed,  ///< responses: `response.failed`
  error,            ///< messages, responses: `error`
};

/// The type that an `event:` line or a top-level `type` names.
EventType event_type(std::string_view name) noexcept;
/// unknown for none and for an error, which more than one dialect has.
Dialect dialect_of(EventType type) noexcept;

/// Reads from one event's JSON what tells whether an answer is finished.
class EventFacts final : public JsonWalk::Listener {
 public:
  /// Indexes of choices that are told apart; higher ones count as the highest.
  static constexpr std::size_t kMaxChoices = 256;
  using Choices = std::bitset<kMaxChoices>;

  void reset() noexcept { *this = EventFacts(); }

  [[nodiscard]] EventType type() const noexcept { return type_; }
  /// The upstream says that it failed: a top-level `error` (OpenRouter, new-api), `object: "error"` (vLLM), or
  /// `finish_reason: "error"` (OpenRouter).
  [[nodiscard]] bool error() const noexcept { return error_; }
  /// messages: the `delta` has a `stop_reason`.
  [[nodiscard]] bool stop_reason() const noexcept { return stop_reason_; }
  /// chat: choices that the event has, and those whose `finish_reason` is told.
  [[nodiscard]] const Choices& begun() const noexcept { return begun_; }
  [[nodiscard]] const Choices& finished() const noexcept { return finished_; }

  void scalar(const JsonWalk& at, std::string_view token, bool is_string) override;
  void opened(const JsonWalk& at) override;
  void closed(const JsonWalk& at) override;

 private:
  [[nodiscard]] static bool in_choice(const JsonWalk& at) noexcept;

  EventType type_ = EventType::none;
  bool error_ = false;
  bool stop_reason_ = false;
  Choices begun_;
  Choices finished_;
  std::size_t index_ = 0;  // of the choice that is being read
  bool finish_ = false;    // and whether it has a finish_reason
};

}  // namespace tidegate::upstream
