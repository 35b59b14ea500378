#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/dispatch/attempts.h"
#include "daemon/dispatch/exchange.h"
#include "daemon/http/response_writer.h"
#include "daemon/upstream/sse_scanner.h"

namespace tidegate::gateway {

/// How passing an answer on came out.
struct RelayEnd {
  observe::Outcome outcome = observe::Outcome::succeeded;
  std::optional<Error> error;  ///< of a truncated answer
};

/// Fields of our own that go with each answer.
struct AnswerInfo {
  std::string_view exchange_id;
  std::uint32_t attempts = 0;
  std::uint64_t queue_ms = 0;

  void add_to(http::ResponseWriter& response) const;
};

/// Passes the upstream's answer on to the client: the bytes as they come, the end only when it is beyond doubt. A
/// cut answer ends with an error event where the stream allows one, and always with a broken transfer.
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
  Task<RelayEnd> run_error();
  Task<RelayEnd> run_body();
  Task<RelayEnd> truncated(Error error);
  [[nodiscard]] RelayEnd client_left() const;
  [[nodiscard]] bool whole() const;

  http::Connection& connection_;
  http::ResponseWriter& response_;
  dispatch::Exchange& exchange_;
  upstream::ResponseStream& stream_;
  const upstream::ResponseHead& head_;
  policy::Verdict verdict_;
  AnswerInfo info_;
  upstream::SseScanner events_;
  bool event_stream_;
  std::string judged_;  // a close-delimited body, kept until its end says whether it is whole
};

}  // namespace tidegate::gateway
