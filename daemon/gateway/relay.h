#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/dispatch/attempts.h"
#include "daemon/dispatch/exchange.h"
#include "daemon/gateway/answer_info.h"
#include "daemon/http/response_writer.h"
#include "daemon/observe/truncation.h"
#include "daemon/upstream/stream_judge.h"

namespace tidegate::gateway {

/// How passing an answer on came out.
struct RelayEnd {
  observe::Outcome outcome = observe::Outcome::succeeded;
  std::optional<Error> error;  ///< of a truncated answer, or of one that came too late for its status
  observe::Truncation truncation = observe::Truncation::none;
  bool event_stream = false;    ///< one that was looked into
  std::uint32_t malformed = 0;  ///< its events that were no JSON
  bool terminal_added = false;  ///< it lacked nothing but its terminal event, which was added
};

/// Passes the upstream's answer on to the client: the bytes as they come, the end only when it is beyond doubt
/// (upstream::StreamJudge for event streams). A cut answer ends with an error event where the stream allows one, and
/// always with a broken transfer; a stream in which the upstream itself told its error ends as the upstream ended it.
/// Nothing is ever repeated here: what follows a cut would be another answer's text.
///
/// Where the head has gone out already (Heartbeat), an answer that is no event stream becomes an error event.
class Relay {
 public:
  Relay(http::Connection& connection, http::ResponseWriter& response, dispatch::Exchange& exchange,
        dispatch::Answer& answer, const AnswerInfo& info);

  Task<RelayEnd> run();

  /// A close-delimited JSON answer up to this size can be checked for wholeness.
  static constexpr std::size_t kMaxJudged = std::size_t{8} << 20;
  /// Error answers up to this size are redacted and sent whole; longer ones are redacted as they pass.
  static constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10;

 private:
  void begin_head();
  Task<RelayEnd> pass_on();
  Task<RelayEnd> run_error();
  Task<RelayEnd> run_late_answer();
  Task<RelayEnd> run_body();
  Task<RelayEnd> truncated(Error error, observe::Truncation reason);
  void look_at(std::string& bytes, bool ended);
  bool keep_last_piece(std::string& bytes, bool ended);
  [[nodiscard]] RelayEnd client_left() const;
  [[nodiscard]] bool whole(bool ended) const;
  [[nodiscard]] observe::Truncation truncation() const;
  static Error deadline_error();

  http::Connection& connection_;
  http::ResponseWriter& response_;
  dispatch::Exchange& exchange_;
  upstream::ResponseStream& stream_;
  const upstream::ResponseHead& head_;
  const policy::ClientAdvice advice_;
  bool failed_;  // by its status or by what its body says
  AnswerInfo info_;
  upstream::StreamJudge judge_;
  bool event_stream_;
  bool head_sent_;          // by the heartbeat
  bool sized_;              // the client knows how many bytes come
  std::string judged_;      // a close-delimited body, kept until its end says whether it is whole
  std::string last_piece_;  // of a sized event stream, kept until it may go
};

}  // namespace tidegate::gateway
