#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <asio/basic_stream_socket.hpp>
#include <asio/buffer.hpp>
#include <asio/generic/stream_protocol.hpp>

#include "common/error.h"
#include "daemon/http/limits.h"
#include "daemon/http/request_head.h"
#include "daemon/platform/wakeup.h"

namespace tidegate::http {

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

/// Who is at the other end.
struct Peer {
  bool local_socket = false;    ///< came over a Unix socket
  std::optional<unsigned> uid;  ///< of the peer process, Unix sockets only
};

/// One client's connection: reads requests one after the other, notices a hang-up while one is being served, writes
/// answers. Loop thread only. One coroutine reads, waits and writes; the connection's Wakeup is what it sleeps on, and
/// whoever works for the current request may notify it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::shared_ptr<const Limits> limits, Peer peer);

  enum class Head { ready, closed };

  /// The next request's head. `closed`: the peer ended the connection, or it was idle for too long; nothing is to be
  /// answered. An Error is to be answered, and then the connection closed.
  Task<Result<Head>> read_head();
  [[nodiscard]] const RequestHead& head() const noexcept { return head_; }

  /// Appends the current request's body to `body`; sends 100 Continue where the client waits for it. The bound is
  /// `limits().max_body`.
  Task<Result<Ok>> read_body(std::string& body);

  /// From here until the next read_head() a hang-up is noticed: hung_up() turns true and the Wakeup is notified.
  /// Bytes of a pipelined request are kept, up to Limits::kMaxPipelined.
  void watch_for_hangup();
  [[nodiscard]] bool hung_up() const noexcept { return end_of_input_; }

  enum class Written { all, some, failed };
  /// Writes what the socket takes at once, and leaves the rest in `buffers`.
  Written try_write(std::span<asio::const_buffer>& buffers);

  /// Writes all of the buffers, in one system call where the socket takes it. False: the client is gone or took
  /// nothing for write_timeout.
  Task<bool> write(std::span<asio::const_buffer> buffers);

  /// Ends the connection so that what was written last still arrives: bytes that the client has yet to send are read
  /// and dropped for a short while, since a reset would destroy our answer at the peer.
  Task<> close_gracefully();

  /// Ends it now: pending operations fail. May be called by others (shutdown).
  void close() noexcept;

  /// Ends the connection if it waits between two requests; a request that has begun is finished. For draining.
  void close_when_idle() noexcept;
  /// The end of the connection will be a reset, not a proper end.
  void reset_on_close() noexcept;
  [[nodiscard]] bool closing() const noexcept { return close_when_idle_; }

  [[nodiscard]] Wakeup& wakeup() noexcept { return wakeup_; }
  [[nodiscard]] const Limits& limits() const noexcept { return *limits_; }
  [[nodiscard]] const Peer& peer() const noexcept { return peer_; }

 private:
  void start_read(std::size_t at_least);
  void make_room(std::size_t bytes);
  Task<bool> fill(std::size_t at_least = kReadSize);
  void set_deadline(TimePoint deadline);
  void arm_deadline_timer();
  void drop_input(std::size_t bytes);
  [[nodiscard]] std::string_view input() const noexcept { return {in_.get() + begin_, end_ - begin_}; }
  Task<Result<Ok>> read_sized_body(std::string& body, std::uint64_t length);
  Task<Result<Ok>> read_chunked_body(std::string& body);
  Task<std::size_t> read_some(char* to, std::size_t at_most);
  [[nodiscard]] Error body_interrupted() const;

  static constexpr std::size_t kReadSize = std::size_t{4} << 10;
  static constexpr std::size_t kReadSizeBody = std::size_t{64} << 10;
  static constexpr std::size_t kFirstReserve = std::size_t{256} << 10;
  static constexpr std::size_t kBodySlack = 64;  // room behind the body that a JSON parser reads into

  Socket socket_;
  std::shared_ptr<const Limits> limits_;
  Peer peer_;
  Wakeup wakeup_;
  Timer deadline_timer_;
  TimePoint deadline_ = TimePoint::max();
  TimePoint timer_at_ = TimePoint::max();
  std::unique_ptr<char[]> in_;  // bytes [begin_, end_) are received and not yet used; not filled with zeros first
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  RequestHead head_;
  bool reading_ = false;       // a read is under way
  bool watching_ = false;      // a request is being served: keep reading, to notice the hang-up
  bool end_of_input_ = false;  // the peer sent its last byte, or the connection failed
  bool timed_out_ = false;
  bool close_when_idle_ = false;
  bool idle_ = false;  // between two requests
  bool reset_ = false;
};

}  // namespace tidegate::http
