#pragma once

#include <unistd.h>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/upstream/curl_transport.h"
#include "scripted_server.h"

namespace tidegate::upstream {

/// How many descriptors this process has open.
inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/fd")) count += entry.exists() ? 1U : 0U;
  return count;
}

/// Fails the test whose fixture leaves descriptors behind. Declared first, so checked last. A resolver's thread that
/// was given up closes its own a moment later.
class DescriptorCheck {
 public:
  ~DescriptorCheck() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (open_descriptors() != before_ && std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_EQ(open_descriptors(), before_) << "descriptors leaked";
  }

 private:
  std::size_t before_ = open_descriptors();
};

/// A stream with what has to outlive it.
struct Attempt {
  explicit Attempt(const Executor& executor) : wakeup(executor) {}

  void take() {
    std::string piece;
    stream->take(piece);
    largest = std::max(largest, piece.size());
    body += piece;
  }
  void cancel() { stream.reset(); }

  Wakeup wakeup;
  std::string body;
  std::size_t largest = 0;  ///< the most that waited at once
  std::unique_ptr<ResponseStream> stream;
};

using AttemptPtr = std::unique_ptr<Attempt>;

/// CurlTransport against a ScriptedServer on one loop.
class TransportFixture {
 public:
  static constexpr std::chrono::seconds kHang{20};  ///< of real time: nothing healthy takes as long

  explicit TransportFixture(CurlMulti::Sockets sockets)
      : transport(std::make_unique<CurlTransport>(loop.get_executor(), sockets)) {
    configure(options());
  }

  ~TransportFixture() {
    transport.reset();
    server.stop();
    run_until([this] { return server.finished(); }, "the server's connections have ended");
  }
  TransportFixture(const TransportFixture&) = delete;
  TransportFixture& operator=(const TransportFixture&) = delete;

  [[nodiscard]] Options options() const {
    Options options;
    options.base_url = server.url();
    options.api_key = Secret("key-of-the-proxy");
    options.gateway_name = "test";
    return options;
  }

  /// Another one with an empty pool, and no names in its cache; no attempt may be left.
  void renew_transport(CurlMulti::Sockets sockets) {
    transport = std::make_unique<CurlTransport>(loop.get_executor(), sockets);
    configure(options());
  }

  void configure(Options options) {
    transport->set_options(std::make_shared<const PreparedOptions>(std::move(options)));
  }

  AttemptPtr start(std::string_view method, std::string target = "/v1/models", std::vector<Header> headers = {},
                   std::shared_ptr<const std::string> body = nullptr) {
    auto attempt = std::make_unique<Attempt>(loop.get_executor());
    Request request;
    request.method = method;
    request.target = std::move(target);
    request.headers = std::move(headers);
    request.body = std::move(body);
    attempt->stream = transport->start(std::move(request), attempt->wakeup);
    return attempt;
  }

  AttemptPtr post(std::string body, std::string target = "/v1/chat/completions") {
    return start("POST", std::move(target), {{"Content-Type", "application/json"}},
                 std::make_shared<const std::string>(std::move(body)));
  }

  /// Runs the loop, handler by handler, until the condition holds; fails the test after kHang.
  template <class Condition>
  bool run_until(Condition&& condition, const char* what) {
    const auto deadline = std::chrono::steady_clock::now() + kHang;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "waited in vain: " << what;
        return false;
      }
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  /// Runs the attempt to its end, taking the body as it comes.
  Attempt& finish(const AttemptPtr& attempt) {
    run_until(
        [&] {
          if (attempt->stream->available() > 0) attempt->take();
          return attempt->stream->done();
        },
        "the attempt ends");
    while (attempt->stream->available() > 0) attempt->take();
    return *attempt;
  }

  /// Runs whatever is ready or becomes so at once.
  void settle() {
    for (int i = 0; i < 30; ++i) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(1));
    }
  }

  DescriptorCheck descriptors;
  asio::io_context loop;
  ScriptedServer server{loop};
  std::unique_ptr<CurlTransport> transport;
};

/// Base of the tests that run over both socket sets.
class TransportTest : public ::testing::TestWithParam<CurlMulti::Sockets>, public TransportFixture {
 public:
  TransportTest() : TransportFixture(GetParam()) {}
};

inline std::string sockets_name(const ::testing::TestParamInfo<CurlMulti::Sockets>& info) {
  return info.param == CurlMulti::Sockets::best ? "best" : "portable";
}

#define TIDEGATE_OVER_BOTH_SETS(suite)                                                                                \
  INSTANTIATE_TEST_SUITE_P(Sockets, suite, ::testing::Values(CurlMulti::Sockets::best, CurlMulti::Sockets::portable), \
                           sockets_name)

/// What the code of a stream's error is; ADD_FAILUREs where there is none.
inline ErrorCode error_of(const Attempt& attempt) {
  if (attempt.stream->error() == nullptr) {
    ADD_FAILURE() << "the attempt did not fail";
    return ErrorCode::internal;
  }
  return attempt.stream->error()->code;
}

}  // namespace tidegate::upstream
