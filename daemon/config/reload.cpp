#include "daemon/config/reload.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "daemon/config/loader.h"

namespace tidegate::config {
namespace {

/// A subscriber that throws has refused, like one that says so.
std::optional<std::string> prepare_one(Subscriber& subscriber, const Snapshot& next) {
  try {
    return subscriber.prepare(next);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

Reloader::Reloader(Store& store, Read read) : store_(store), read_(std::move(read)) {}

void Reloader::subscribe(Subscriber& subscriber) {
  assert(!running_);
  subscribers_.push_back(&subscriber);
}

void Reloader::unsubscribe(Subscriber& subscriber) {
  assert(!running_);
  subscribers_.erase(std::remove(subscribers_.begin(), subscribers_.end(), &subscriber), subscribers_.end());
}

ReloadOutcome Reloader::reload(WallTime now) {
  // A subscriber that asks for a reload while one runs would prepare against a configuration that is half in force.
  if (running_) return {ReloadResult::failed, store_.current(), "a reload is running already"};
  running_ = true;
  auto outcome = run(now);
  running_ = false;
  return outcome;
}

ReloadOutcome Reloader::run(WallTime now) {
  try {
    auto snapshot = read_();
    if (snapshot.settings == store_.current()->settings) {
      store_.confirm(std::move(snapshot));
      return {ReloadResult::unchanged, store_.current(), {}};
    }
    auto next = store_.prepare(std::move(snapshot), now);
    if (auto problem = prepare_all(*next)) return fail({std::move(*problem), 0, 0, now});
    store_.accept(next);
    for (auto* subscriber : subscribers_) subscriber->commit(next);
    return {ReloadResult::applied, std::move(next), {}};
  } catch (const ConfigError& error) {
    return fail({error.what(), error.line(), error.column(), now});
  } catch (const std::exception& error) {
    return fail({error.what(), 0, 0, now});
  }
}

ReloadOutcome Reloader::fail(ReloadError error) {
  ReloadOutcome outcome{ReloadResult::failed, store_.current(), error.message};
  store_.reject(std::move(error));
  return outcome;
}

std::optional<std::string> Reloader::prepare_all(const Snapshot& next) {
  for (auto it = subscribers_.begin(); it != subscribers_.end(); ++it) {
    auto problem = prepare_one(**it, next);
    if (!problem) continue;
    while (it != subscribers_.begin()) (*--it)->abandon();
    return problem;
  }
  return std::nullopt;
}

}  // namespace tidegate::config
