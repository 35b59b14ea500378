#include "slow_resolver.h"

#include <dlfcn.h>
#include <netdb.h>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool released = true;
  int held = 0;
};

State& state() {
  static auto* const kState = new State;  // never destroyed: a resolver's thread may outlive main()
  return *kState;
}

constexpr std::string_view kHeld = ".held";
constexpr const char* kProbe = "probe.of.the.test";
bool probed = false;

}  // namespace

// The program's own definition comes before the C library's for every library of the process.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto kReal = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = node != nullptr ? node : "";
  if (name == kProbe) {
    probed = true;
    return EAI_NONAME;
  }
  if (name.size() > kHeld.size() && name.substr(name.size() - kHeld.size()) == kHeld) {
    auto& shared = state();
    std::unique_lock lock(shared.mutex);
    ++shared.held;
    shared.changed.wait_for(lock, std::chrono::seconds(tidegate::upstream::SlowResolver::kLongestSeconds),
                            [&] { return shared.released; });
    --shared.held;
    shared.changed.notify_all();
    lock.unlock();
    return kReal("127.0.0.1", service, hints, found);
  }
  return kReal(node, service, hints, found);
}

namespace tidegate::upstream {

SlowResolver::SlowResolver() {
  const std::lock_guard lock(state().mutex);
  state().released = false;
}

SlowResolver::~SlowResolver() {
  release();
  std::unique_lock lock(state().mutex);
  state().changed.wait(lock, [] { return state().held == 0; });
}

void SlowResolver::release() {
  const std::lock_guard lock(state().mutex);
  state().released = true;
  state().changed.notify_all();
}

int SlowResolver::held() {
  const std::lock_guard lock(state().mutex);
  return state().held;
}

bool SlowResolver::works() {
  addrinfo* found = nullptr;
  ::getaddrinfo(kProbe, nullptr, nullptr, &found);
  return probed;
}

}  // namespace tidegate::upstream
