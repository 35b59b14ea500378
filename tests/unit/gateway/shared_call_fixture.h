#pragma once

#include "tests/unit/gateway/gateway_fixture.h"

namespace tidegate::gateway {

/// Requests with an Idempotency-Key.
struct SharedCallTest : GatewayTest {
  static constexpr std::string_view kStreamHead =
      "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n";
  static constexpr std::string_view kText = R"(data: {"choices":[{"index":0,"delta":{"content":"hi"}}]})"
                                            "\n\n";
  static constexpr std::string_view kFinish = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                                              "\n\ndata: [DONE]\n\n";
  static constexpr std::string_view kChat = "/v1/chat/completions";

  static std::string keyed(std::string_view body = R"({"model":"m"})", std::string_view key = "k",
                           std::string_view more = "", std::string_view path = kChat) {
    return post(path, body, "Idempotency-Key: " + std::string(key) + "\r\n" + std::string(more));
  }
  /// A client that has sent `request`.
  http::ClientEnd client_with(std::string_view request = keyed()) {
    auto client = connect();
    client.send(request);
    wire.settle();
    return client;
  }
  void hang_up(http::ClientEnd& client) {
    client.close();
    wire.settle();
  }
  std::string answer_to(http::ClientEnd& client) {
    wire.settle();
    return client.receive();
  }
  std::size_t calls() const { return transport->attempts.size(); }
  void set_grace(std::chrono::milliseconds grace) {
    snapshot.settings.gateway.idempotency_grace = grace;
    apply();
  }
  void set_tries(std::uint32_t tries) {
    snapshot.settings.retry.max_attempts = tries;
    apply();
  }
  /// The body of a chunked answer.
  static std::string unchunked(const std::string& answer) {
    std::string rest = body_of(answer), out;
    while (!rest.empty()) {
      const auto size = std::stoul(rest, nullptr, 16);
      const auto line = rest.find("\r\n") + 2;
      out += rest.substr(line, size);
      if (size == 0) break;
      rest = rest.substr(std::min(rest.size(), line + size + 2));
    }
    return out;
  }
};

}  // namespace tidegate::gateway
