#include "daemon/platform/socket_set.h"

namespace tidegate::platform {

std::unique_ptr<SocketSet> SocketSet::make(const Executor& executor, Ready ready, RoundDone done) {
  return make_portable(executor, std::move(ready), std::move(done));
}

}  // namespace tidegate::platform
