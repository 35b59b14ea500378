#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/upstream/curl_options.h"
#include "daemon/upstream/response_head.h"
#include "daemon/upstream/transport.h"

namespace tidegate::upstream {

/// One attempt as the test plays it: what the upstream got, and what it answers.
struct FakeAttempt {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool read_ahead = true;
  bool open = true;  ///< false once the caller let go of its stream

  /// The head: status line and fields, lines ended by `\n`, without the empty one.
  FakeAttempt& head(std::string_view lines) {
    while (!lines.empty()) {
      const auto end = std::min(lines.find('\n'), lines.size() - 1);
      parser.line(lines.substr(0, end + 1));
      lines.remove_prefix(end + 1);
    }
    parser.line("\r\n");
    return changed();
  }
  FakeAttempt& bytes(std::string_view more) {
    waiting += more;
    return changed();
  }
  FakeAttempt& end() {
    done = true;
    return changed();
  }
  FakeAttempt& fail(ErrorCode code, std::string message = "as the test wants it") {
    error = Error{code, std::move(message)};
    return end();
  }
  /// A whole sized answer.
  FakeAttempt& answer(int status, std::string_view text, const std::string& fields = "") {
    head("HTTP/1.1 " + std::to_string(status) + " Told\nContent-Length: " + std::to_string(text.size()) + "\n" +
         fields);
    return bytes(text).end();
  }

  ResponseHeadParser parser;
  std::string waiting;
  bool done = false;
  std::optional<Error> error;
  TransferInfo info;
  Wakeup* wakeup = nullptr;

 private:
  FakeAttempt& changed() {
    if (open) wakeup->notify();
    return *this;
  }
};

class FakeStream final : public ResponseStream {
 public:
  explicit FakeStream(std::shared_ptr<FakeAttempt> attempt) : attempt_(std::move(attempt)) {}
  ~FakeStream() override { attempt_->open = false; }

  [[nodiscard]] const ResponseHead* head() const noexcept override {
    return attempt_->parser.complete() ? &attempt_->parser.head() : nullptr;
  }
  [[nodiscard]] std::size_t available() const noexcept override { return attempt_->waiting.size(); }
  void take(std::string& into) override {
    into.clear();
    std::swap(into, attempt_->waiting);
  }
  [[nodiscard]] bool done() const noexcept override { return attempt_->done; }
  [[nodiscard]] const Error* error() const noexcept override { return attempt_->error ? &*attempt_->error : nullptr; }
  [[nodiscard]] TransferInfo info() const override { return attempt_->info; }

 private:
  std::shared_ptr<FakeAttempt> attempt_;
};

/// A Transport whose answers the test writes: at the start of an attempt by `script`, or later through `attempts`.
class FakeTransport final : public Transport {
 public:
  using Script = std::function<void(FakeAttempt& attempt, std::size_t number)>;

  Script script;  ///< called with each attempt as it starts; numbers count from 1
  std::vector<std::shared_ptr<FakeAttempt>> attempts;
  std::vector<TimePoint> started_at;
  ConnectionCounts told;
  std::size_t drops = 0;  ///< calls of drop_idle_connections()
  std::shared_ptr<const PreparedOptions> options;

  void set_options(std::shared_ptr<const PreparedOptions> next) override { options = std::move(next); }

  std::unique_ptr<ResponseStream> start(Request request, Wakeup& wakeup) override {
    auto attempt = std::make_shared<FakeAttempt>();
    attempt->method = request.method;
    attempt->target = std::move(request.target);
    attempt->read_ahead = request.read_ahead;
    if (request.body != nullptr) attempt->body = *request.body;
    for (const auto& [name, value] : request.headers) attempt->headers.emplace_back(name, value);
    attempt->wakeup = &wakeup;
    attempts.push_back(attempt);
    started_at.push_back(Clock::now());
    if (script) script(*attempt, attempts.size());
    return std::make_unique<FakeStream>(std::move(attempt));
  }

  void drop_idle_connections() override { ++drops; }

  [[nodiscard]] ConnectionCounts counts() const noexcept override { return told; }

  FakeAttempt& last() { return *attempts.back(); }
};

/// Options for an upstream that nobody calls.
inline std::shared_ptr<const PreparedOptions> fake_options() {
  Options options;
  options.base_url = "https://proxy.example.com/api/v1";
  options.api_key = Secret("sk-upstream-key");
  options.gateway_name = "test";
  return std::make_shared<const PreparedOptions>(std::move(options));
}

}  // namespace tidegate::upstream
