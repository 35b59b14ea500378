#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tidegate::cli {

/// One HTTP request over a Unix socket.
struct HttpRequest {
  std::string method = "GET";
  std::string path;
  std::string body;                      ///< JSON, where there is one
  std::chrono::milliseconds timeout{0};  ///< for the whole exchange; 0: none (the daemon has its own bounds)
  /// Takes the body of a successful text/event-stream answer piece by piece; false: enough, the rest is not wanted.
  std::function<bool(std::string_view)> on_stream;
  std::function<bool()> cancelled;  ///< asked a few times a second; true ends the exchange
};

/// How an exchange ended.
enum class HttpEnd { complete, enough, cancelled, timed_out, cut, too_large };

struct HttpReply {
  HttpEnd end = HttpEnd::complete;
  long status = 0;  ///< 0: nothing of an answer came
  std::string content_type;
  std::string request_id;  ///< x-request-id
  std::string body;        ///< at most kMaxReply bytes; empty where on_stream took it
  bool streamed = false;   ///< on_stream was called
  std::string trouble;     ///< libcurl's words for `cut`
};

inline constexpr std::size_t kMaxReply = 64U << 20;

/// The connection could not be made; `reason` is for a person.
struct ConnectError {
  std::string reason;
};

/// The only user of libcurl here. Blocks until the exchange is over; throws ConnectError. Any thread.
HttpReply http_over_unix(const std::filesystem::path& socket, const HttpRequest& request);

}  // namespace tidegate::cli
