#pragma once

#include <span>
#include <string_view>

#include "daemon/control/views.h"

namespace tidegate::control {

struct Reply {
  int status = 200;
  Json body;
};

/// One thing that the control socket can be asked.
struct Command {
  std::string_view method;
  std::string_view path;
  bool changes;  ///< for the owner and root only
  Reply (*run)(const Sources& sources);
};

/// The table of all of them.
std::span<const Command> commands();

}  // namespace tidegate::control
