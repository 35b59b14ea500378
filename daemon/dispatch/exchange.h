#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http_header.h"
#include "daemon/config/settings.h"
#include "daemon/dispatch/keep_alive.h"
#include "daemon/dispatch/request_deadline.h"
#include "daemon/observe/exchange_log.h"
#include "daemon/platform/wakeup.h"
#include "daemon/policy/priority.h"

namespace tidegate::dispatch {

/// One client request on its way through. Made by the gateway, lives in its coroutine's frame until the end.
struct Exchange {
  std::string id;                ///< `req_` and 24 hex digits
  config::SnapshotPtr snapshot;  ///< the configuration it started with
  std::string_view method;
  std::string target;                 ///< the client's, origin-form
  std::vector<Header> headers;        ///< for the upstream, already filtered; point into the connection's head
  std::shared_ptr<std::string> body;  ///< null: none
  bool stream = false;                ///< the client asked for an event stream
  TimePoint started;
  std::uint32_t weight = 1;  ///< its client's, in the queue
  std::string session{};     ///< of its client; see session_key()
  policy::Priority priority = policy::Priority::interactive;
  Deadline deadline;  ///< what the client said of it; queue.maxWait counts besides
  Wakeup& wakeup;     ///< what its coroutine sleeps on
  std::function<bool()> client_gone;
  observe::ExchangeLog::Entry& entry;
  KeepAlive* keep_alive = nullptr;  ///< null: the client needs no signs of life

  /// Returns after a notify() of the wakeup, at `until`, or after a sign of life to the client: until the answer has
  /// begun, whoever waits for this exchange does it here.
  Task<> wait(TimePoint until = TimePoint::max()) {
    const auto due = keep_alive != nullptr ? keep_alive->due() : TimePoint::max();
    co_await wakeup.wait(std::min(until, due));
    if (keep_alive == nullptr || Clock::now() < due || client_gone()) co_return;
    co_await keep_alive->beat();
    deadline.first_byte = TimePoint::max();  // it has come
  }
};

}  // namespace tidegate::dispatch
