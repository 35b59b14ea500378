#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http_header.h"
#include "daemon/config/settings.h"
#include "daemon/observe/exchange_log.h"
#include "daemon/platform/wakeup.h"

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
  Wakeup& wakeup;  ///< what its coroutine sleeps on
  std::function<bool()> client_gone;
  observe::ExchangeLog::Entry& entry;
};

}  // namespace tidegate::dispatch
