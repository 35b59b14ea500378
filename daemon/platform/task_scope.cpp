#include "daemon/platform/task_scope.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include <asio/co_spawn.hpp>

namespace tidegate {

void TaskScope::spawn(Task<> task) {
  ++running_;
  asio::co_spawn(executor_, std::move(task), [this](const std::exception_ptr& thrown) {
    if (thrown) {
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& bug) {
        std::fprintf(stderr, "tidegated: bug: a task ended with: %s\n", bug.what());
      }
      std::abort();
    }
    finished();
  });
}

Task<> TaskScope::join() {
  while (running_ > 0) co_await idle_.wait();
}

void TaskScope::finished() {
  if (--running_ == 0) idle_.notify();
}

}  // namespace tidegate
