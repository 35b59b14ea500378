#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/reload.h"
#include "daemon/dispatch/attempts.h"
#include "daemon/gateway/gateway.h"
#include "daemon/http/listener.h"
#include "daemon/observe/logging.h"

namespace tidegate::app {

/// Logging follows `log:`. A log file that cannot be opened refuses the configuration.
class LoggingSubscriber final : public config::Subscriber {
 public:
  /// `level` from the command line is stronger than the file; empty: none.
  explicit LoggingSubscriber(std::string level) : level_(std::move(level)) {}
  std::optional<std::string> prepare(const config::Snapshot& next) override;
  void commit(config::SnapshotPtr next) noexcept override;
  void abandon() noexcept override;

 private:
  std::string level_;
  observe::LogOptions current_;
  observe::LogOptions prepared_;
  std::vector<Secret> secrets_;  // of the configuration in force
  std::vector<Secret> prepared_secrets_;
};

/// The upstream follows `llm:` and `upstream:`. Attempts under way keep what they started with.
class UpstreamSubscriber final : public config::Subscriber {
 public:
  explicit UpstreamSubscriber(upstream::Upstream& upstream) : upstream_(upstream) {}
  std::optional<std::string> prepare(const config::Snapshot& next) override;
  void commit(config::SnapshotPtr next) noexcept override;
  void abandon() noexcept override { prepared_.reset(); }

 private:
  upstream::Upstream& upstream_;
  std::shared_ptr<const upstream::PreparedOptions> prepared_;
};

/// What takes any valid value at once: queue, retry budget, the API's limits, the gateway's snapshot.
class LimitsSubscriber final : public config::Subscriber {
 public:
  LimitsSubscriber(dispatch::Dispatcher& dispatcher, http::Server& server, gateway::Gateway& gateway)
      : dispatcher_(dispatcher), server_(server), gateway_(gateway) {}
  std::optional<std::string> prepare(const config::Snapshot&) override { return std::nullopt; }
  void commit(config::SnapshotPtr next) noexcept override;
  void abandon() noexcept override {}

 private:
  dispatch::Dispatcher& dispatcher_;
  http::Server& server_;
  gateway::Gateway& gateway_;
};

}  // namespace tidegate::app
