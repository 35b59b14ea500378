#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/observe/latency_window.h"
#include "daemon/platform/sleep_detector.h"
#include "daemon/platform/task_scope.h"
#include "daemon/upstream/curl_options.h"
#include "daemon/upstream/models_cache.h"
#include "daemon/upstream/transport.h"

namespace tidegate::upstream {

enum class State { unknown, up, down };
std::string_view to_string(State state) noexcept;

/// What status tells of the upstream.
struct Report {
  std::string base_url;
  State state = State::unknown;
  std::string http_version;  ///< of the last answer; empty before one
  ConnectionCounts connections;
  std::optional<std::chrono::system_clock::time_point> last_success_at;
  struct Failure {
    std::chrono::system_clock::time_point at;
    std::string code;
    std::string message;
  };
  std::optional<Failure> last_error;
  int last_status = 0;           ///< of the last answer; 0 before one
  observe::Percentiles latency;  ///< from the start of an attempt to the first byte of its answer
};

/// The shared proxy: how to reach it, how it has been doing, what it offers. Keeps one connection open ahead of the
/// requests. Loop thread only; must outlive its streams. stop(), then join().
class Upstream {
 public:
  /// Over libcurl.
  explicit Upstream(const Executor& executor);
  Upstream(const Executor& executor, std::unique_ptr<Transport> transport,
           platform::SleepDetector sleep = platform::SleepDetector());

  /// Throws std::invalid_argument where libcurl refuses the options; changes nothing.
  static std::shared_ptr<const PreparedOptions> prepare(Options options);
  /// For attempts from now on. A new address forgets what was known of the old one.
  void commit(std::shared_ptr<const PreparedOptions> options, std::chrono::milliseconds keep_warm);

  /// The request's target is the client's: `/v1/...`; what follows `/v1` goes behind the base URL.
  std::unique_ptr<ResponseStream> start(Request request, Wakeup& wakeup);

  /// What an attempt came to. `status` of a complete head; an Error where there is none or the body broke.
  void note_answer(int status, Clock::duration first_byte, std::string_view http_version);
  void note_failure(const Error& error);

  /// Probes until stop(): at once, then whenever the connection would otherwise go cold, but only while clients are
  /// about: a sleeping laptop's gateway does not call the proxy all night.
  void start_keeping_warm();
  void stop() noexcept;
  Task<> join() { return tasks_.join(); }

  /// The network may be another one. No connection that is open now is used for a new attempt; while clients are about,
  /// one is opened afresh, ahead of them. Then on_network_change() is called.
  void network_changed();
  /// The same where the machine has slept since it was last asked. Each attempt asks before it starts, so no connection
  /// from before a sleep is used behind it; calling this from time to time only opens the next one sooner.
  void notice_sleep();

  /// Whoever holds requests back because of what was known of the proxy may ask it again at once. May be empty; neither
  /// it nor what it calls starts an attempt before it has returned.
  std::function<void()> on_network_change;

  /// Asks for the model list soon: in the background.
  void refresh_models();

  [[nodiscard]] const ModelsCache& models() const noexcept { return models_; }
  /// A probe is under way or about to start.
  [[nodiscard]] bool refreshing() const noexcept { return probing_ || probe_asked_; }
  [[nodiscard]] Report report() const;
  [[nodiscard]] State state() const noexcept { return state_; }
  /// From the start of an attempt to its first byte, as it mostly is.
  [[nodiscard]] std::chrono::milliseconds typical_latency() const { return latency_.typical(Clock::now()); }

  static constexpr std::chrono::minutes kClientsAreAbout{15};  ///< after the last request

 private:
  Task<> keep_warm_loop();
  Task<> probe();
  [[nodiscard]] bool probe_due(TimePoint now) const noexcept;

  std::unique_ptr<Transport> transport_;
  platform::SleepDetector sleep_;
  std::shared_ptr<const PreparedOptions> options_;
  TaskScope tasks_;
  Wakeup wakeup_;        // of the keep-warm loop
  Wakeup probe_wakeup_;  // of its probe's stream
  std::chrono::milliseconds keep_warm_{0};
  ModelsCache models_;
  observe::LatencyWindow latency_;
  State state_ = State::unknown;
  std::string http_version_;
  int last_status_ = 0;
  std::optional<std::chrono::system_clock::time_point> last_success_at_;
  std::optional<Report::Failure> last_error_;
  TimePoint last_request_;  // of a client
  TimePoint last_traffic_;  // of anybody
  bool probe_asked_ = true;
  bool probing_ = false;
  bool stopping_ = false;
};

}  // namespace tidegate::upstream
