#pragma once

#include "cli/context.h"
#include "cli/options.h"
#include "cli/view.h"

namespace tidegate::cli {

// One function and one file per command. Each returns the exit code and throws Failure for everything that goes wrong.
int run(const StatusCommand& command, const Context& context);
int run(const HealthCommand& command, const Context& context);
int run(const ExchangesCommand& command, const Context& context);
int run(const QueueCommand& command, const Context& context);
int run(const ReloadCommand& command, const Context& context);
int run(const DrainCommand& command, const Context& context);
int run(const ChatCommand& command, const Context& context);
int run(const ConfigCheckCommand& command, const Context& context);
int run(const ConfigShowCommand& command, const Context& context);
int run(const ConfigDigestCommand& command, const Context& context);
int run(const VersionCommand& command, const Context& context);

/// Now, the user's home and the colours of standard output.
View make_view(const Context& context);

}  // namespace tidegate::cli
