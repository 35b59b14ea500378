#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/config/settings.h"
#include "daemon/dispatch/attempts.h"
#include "daemon/dispatch/body_inspector.h"
#include "daemon/gateway/authenticator.h"
#include "daemon/gateway/relay.h"
#include "daemon/gateway/shared_calls.h"
#include "daemon/http/listener.h"
#include "daemon/http/response_writer.h"
#include "daemon/observe/counters.h"
#include "daemon/observe/exchange_log.h"

namespace tidegate::gateway {

/// Serves the API: each request on each connection, from its head to its ledger line. Loop thread only; outlives the
/// Server that calls serve().
class Gateway {
 public:
  Gateway(const Executor& executor, dispatch::Dispatcher& dispatcher, observe::ExchangeLog& exchanges);

  /// For requests that begin from now on.
  void set_snapshot(config::SnapshotPtr snapshot) { snapshot_ = std::move(snapshot); }
  [[nodiscard]] const config::SnapshotPtr& snapshot() const noexcept { return snapshot_; }

  /// New requests are refused; those that run are not touched, but for calls that go on without a client.
  void set_draining() {
    draining_ = true;
    shared_calls_.stop_keeping();
  }
  /// Waits for what goes on without a connection: after set_draining() and the last connection's end, for nothing but
  /// its clearing up.
  Task<> join() { return shared_calls_.join(); }

  [[nodiscard]] SharedCalls& shared_calls() noexcept { return shared_calls_; }

  /// One connection, to its end.
  Task<> serve(std::shared_ptr<http::Connection> connection);

 private:
  /// One request. False: the connection must end.
  Task<bool> serve_request(http::Connection& connection);
  Task<bool> serve_local(http::Connection& connection, http::ResponseWriter& response);
  Task<bool> serve_models(http::Connection& connection, http::ResponseWriter& response);
  Task<> forward(http::Connection& connection, http::ResponseWriter& response, const Principal& principal);
  /// Answers with an error of ours; `info` where an exchange has begun.
  Task<bool> refuse(http::ResponseWriter& response, const Error& error, const AnswerInfo* info = nullptr);
  /// Where a heartbeat has begun the answer: the error as an event, and then a proper end, for the SDKs raise on it.
  Task<bool> refuse_in_stream(http::Connection& connection, http::ResponseWriter& response, const Error& error);
  [[nodiscard]] Result<Ok> admit(const http::Connection& connection, std::string_view client) const;
  [[nodiscard]] std::string new_id();

  dispatch::Dispatcher& dispatcher_;
  observe::ExchangeLog& exchanges_;
  SharedCalls shared_calls_;
  dispatch::BodyInspector inspector_;
  config::SnapshotPtr snapshot_;
  bool draining_ = false;
};

}  // namespace tidegate::gateway
