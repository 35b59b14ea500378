#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/observe/truncation.h"
#include "daemon/upstream/dialect.h"
#include "daemon/upstream/event_facts.h"
#include "daemon/upstream/json_walk.h"

namespace tidegate::upstream {

/// Follows a passing event stream (WHATWG HTML §9.2) and tells whether its answer is whole: only with the terminal
/// event of its dialect *and* the reason for the end.
///
///     chat       [DONE], and a finish_reason of each choice that began; a missing [DONE] is added by close()
///     messages   message_stop, and a stop_reason before it (none is asked of a stream in which no message began)
///     responses  response.completed, .incomplete or .cancelled: they carry their status themselves
///
/// The dialect is that of the first event that shows one; before any has data, that of the path. In a stream whose
/// events show none, [DONE] or any dialect's terminal event is the end. An event that is no JSON costs a part of the
/// text, so with one that began like an object a chat or message is never whole; other noise is only counted.
///
/// A terminal line that would be a lie is withheld by pass(), which delays no byte of any other line once the line
/// differs from a terminal one. Constant memory, whatever the length of a line or of an event.
class StreamJudge {
 public:
  explicit StreamJudge(Dialect by_path) noexcept : by_path_(by_path) {}

  /// Looks at the next bytes only.
  void feed(std::string_view bytes);
  /// Looks at the next bytes and leaves in `bytes` what may go out now: what was withheld before comes first, what is
  /// to be withheld now is missing at the end. After caught() nothing is left.
  void pass(std::string& bytes);
  /// The transfer has ended in good order. Returns what is missing: the end of a last event that is whole but for its
  /// empty line, and [DONE] behind a proper finish, in the framing of the stream. Drops what is withheld.
  std::string close();

  /// Everything has come, the terminal event included. Stays so, whatever follows.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// A terminal line came too early and was withheld.
  [[nodiscard]] bool caught() const noexcept { return caught_; }
  /// The upstream has said in the stream that it failed; the client has been told so, in its dialect.
  [[nodiscard]] bool failed() const noexcept { return failed_ && dialect() != Dialect::unknown; }
  /// The dialect is known well enough to say what is missing; else only the transfer's own end counts.
  [[nodiscard]] bool knows_dialect() const noexcept {
    return dialect_ != Dialect::unknown || failed() || (by_path_ != Dialect::unknown && (garbled_ || !data_seen_));
  }
  /// What is missing as yet; none once it is complete().
  [[nodiscard]] observe::Truncation fault() const noexcept;
  /// Behind the bytes that went out another event may be written.
  [[nodiscard]] bool can_insert_event() const noexcept {
    return (length_ == 0 || caught_ || withholds()) && data_lines_ == 0;
  }
  /// No event has had data as yet, and another one may be written.
  [[nodiscard]] bool awaits_data() const noexcept {
    return dialect_ == Dialect::unknown && malformed_ == 0 && !data_seen_ && can_insert_event();
  }
  /// Events so far whose data is no JSON; 0 where nothing says that it should be.
  [[nodiscard]] std::uint32_t malformed() const noexcept { return dialect() == Dialect::unknown ? 0 : malformed_; }
  /// close() has added the terminal event.
  [[nodiscard]] bool done_added() const noexcept { return done_added_; }
  /// Shown by the events, else that of the path.
  [[nodiscard]] Dialect dialect() const noexcept { return dialect_ == Dialect::unknown ? by_path_ : dialect_; }

  static constexpr std::size_t kKept = 64;  ///< bytes of each line that are looked at besides its JSON

 private:
  enum class Line { undecided, data, other };

  std::size_t skip_byte_order_mark(std::string_view bytes) noexcept;
  void line_piece(std::string_view piece);
  void line_finished();
  void line_reset() noexcept;
  void event_finished();
  void judge_event();
  /// The reason for the end has been told: with a terminal event the answer is whole.
  [[nodiscard]] bool finished() const noexcept;
  /// A terminal event would be a lie now.
  [[nodiscard]] bool guards() const noexcept { return !complete_ && !finished(); }
  [[nodiscard]] bool withholds() const noexcept;
  [[nodiscard]] std::string_view line() const noexcept { return {line_.data(), length_ < kKept ? length_ : kKept}; }

  Dialect by_path_;
  Dialect dialect_ = Dialect::unknown;

  // The line.
  std::array<char, kKept> line_{};
  std::size_t length_ = 0;
  Line kind_ = Line::undecided;
  bool after_cr_ = false;
  std::size_t mark_seen_ = 0;  // bytes of a byte order mark at the stream's start
  bool at_start_ = true;
  std::string_view framing_ = "\n";  // how the last line ended

  // The event.
  std::uint32_t data_lines_ = 0;
  bool event_open_ = false;
  bool event_is_done_ = false;
  EventType name_ = EventType::none;
  JsonWalk json_;
  EventFacts facts_;

  // The stream.
  bool data_seen_ = false;  // an event with data
  bool began_ = false;      // messages: a message has begun
  bool reason_ = false;     // messages: a stop_reason; responses: a status at the end
  EventFacts::Choices choices_;
  EventFacts::Choices finished_choices_;
  bool terminal_ = false;
  bool failed_ = false;
  bool garbled_ = false;
  std::uint32_t malformed_ = 0;
  bool complete_ = false;
  bool caught_ = false;
  bool done_added_ = false;

  // Withholding; positions count the bytes of the stream.
  std::uint64_t seen_ = 0;
  std::uint64_t line_start_ = 0;
  std::string held_;
};

}  // namespace tidegate::upstream
