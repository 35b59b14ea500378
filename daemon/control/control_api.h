#pragma once

#include <memory>

#include "daemon/control/sources.h"
#include "daemon/http/listener.h"
#include "daemon/http/response_writer.h"

namespace tidegate::control {

/// Answers on the control socket. Loop thread only; outlives the Server that calls serve().
class ControlApi {
 public:
  explicit ControlApi(Sources sources) : sources_(std::move(sources)) {}

  /// One connection, to its end.
  Task<> serve(std::shared_ptr<http::Connection> connection);

  [[nodiscard]] const Sources& sources() const noexcept { return sources_; }

 private:
  Task<bool> answer(http::Connection& connection);

  Sources sources_;
};

}  // namespace tidegate::control
