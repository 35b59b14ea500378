#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "tests/support/sim/answer.h"
#include "tests/support/sim/fault_book.h"
#include "tests/support/sim/options.h"
#include "tests/support/sim/rate_window.h"
#include "tests/support/sim/reply_cache.h"
#include "tests/support/sim/request.h"
#include "tests/support/sim/stats.h"

namespace tidegate::sim {

/// Whether the request only looks at the simulator itself (`/stats`, `/last`, `/raw`): neither counted nor failed.
bool is_observation(const Request& request);

/// Decides what a request gets: looks, key, rate limits, faults, then the API. Knows no sockets.
class Router {
 public:
  explicit Router(Options options);

  /// `now` is for the rate limits.
  Answer handle(const std::shared_ptr<const Request>& request, RateWindow::Time now);

  Stats& stats() noexcept { return stats_; }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  Answer observe(const Request& request);
  [[nodiscard]] bool key_is_right(const Request& request) const;
  Answer wrong_key(const Request& request) const;
  std::optional<Answer> over_limit(const Request& request, RateWindow& window, RateWindow::Time now,
                                   std::uint64_t limit, Headers& headers);
  /// The faults of a header, else of a model; an Error where they cannot be read.
  Result<Faults> faults_of(const Request& request, std::string_view model);
  Answer serve(const Request& request, RateWindow::Time now);
  Answer serve_text(const Request& request, Api api, RateWindow::Time now);
  Answer serve_other(const Request& request, const Faults& faults);
  Answer with_faults(const Request& request, Faults faults, RateWindow::Time now,
                     const std::function<Answer(const Faults&)>& right_answer);

  Options options_;
  Stats stats_;
  FaultBook fault_book_;
  RateWindow server_window_;
  std::unordered_map<std::string, RateWindow> key_windows_;
  ReplyCache replies_;
  std::shared_ptr<const Request> last_;
};

}  // namespace tidegate::sim
