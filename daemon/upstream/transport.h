#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/http_header.h"
#include "common/secret.h"
#include "daemon/platform/wakeup.h"

namespace tidegate::upstream {

/// One attempt's request. Only end-to-end fields: the transport adds the key, Host and framing.
struct Request {
  std::string_view method;
  std::string target;                       ///< request-target from the first `/`, sent byte for byte
  std::vector<Header> headers;              ///< their bytes outlive the ResponseStream
  std::shared_ptr<const std::string> body;  ///< null: no body
  bool read_ahead = true;  ///< false for streams: small receive buffers, many of them are open for long
};

/// The upstream's answer up to its body.
struct ResponseHead {
  int status = 0;
  std::string reason;
  std::vector<Header> headers;  ///< as they came, hop-by-hop ones included; point into `raw`
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close_delimited = false;   ///< only the end of the connection ends the body
  std::string_view http_version;  ///< "1.0", "1.1" or "2"
  std::string raw;

  [[nodiscard]] std::string_view find(std::string_view name) const noexcept;
};

/// How an attempt used the wire; for status, logs and retry decisions.
struct TransferInfo {
  bool new_connection = false;
  bool stale_connection = false;  ///< a pooled connection died before a byte of the answer: nothing was processed
  std::optional<std::chrono::microseconds> connect_time;  ///< DNS, TCP and TLS; only of new connections
};

/// The answer to one Request while it arrives. Loop thread only. Whenever something changes, the Wakeup that was given
/// at the start is notified. Destroying it cancels the attempt at once.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;

  /// Null until the head has arrived.
  [[nodiscard]] virtual const ResponseHead* head() const noexcept = 0;

  /// Bytes of the body that wait to be taken.
  [[nodiscard]] virtual std::size_t available() const noexcept = 0;

  /// Swaps what has arrived into `into` (whose old bytes are dropped) and lets the upstream go on if it was paused.
  virtual void take(std::string& into) = 0;

  /// The attempt has ended: whole if error() is null. Bytes may still be available.
  [[nodiscard]] virtual bool done() const noexcept = 0;
  [[nodiscard]] virtual const Error* error() const noexcept = 0;

  [[nodiscard]] virtual TransferInfo info() const = 0;

  /// Bytes that wait in a stream before it is paused.
  static constexpr std::size_t kHighWater = std::size_t{64} << 10;
};

class PreparedOptions;

/// What the transport counts; for status.
struct ConnectionCounts {
  std::uint64_t opened_total = 0;  ///< connections made
  std::uint64_t reused_total = 0;  ///< attempts that went over a pooled connection
  std::size_t open = 0;            ///< sockets open now
  std::size_t in_use = 0;          ///< attempts under way
};

/// What carries requests to the upstream: libcurl, or a fake in tests. Loop thread only; must outlive its streams.
class Transport {
 public:
  virtual ~Transport() = default;

  /// For attempts that start from now on. Pooled connections that still fit are kept.
  virtual void set_options(std::shared_ptr<const PreparedOptions> options) = 0;

  /// Starts an attempt. Both references must outlive the stream. Never throws: a request that cannot even be started
  /// is a stream that is done with an error.
  virtual std::unique_ptr<ResponseStream> start(Request request, Wakeup& wakeup) = 0;

  /// No attempt that starts from now on goes over a connection that is open now: the network may be another one. The
  /// attempts under way keep theirs.
  virtual void drop_idle_connections() = 0;

  [[nodiscard]] virtual ConnectionCounts counts() const noexcept = 0;
};

}  // namespace tidegate::upstream
