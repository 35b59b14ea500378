#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/store.h"

namespace tidegate::config {

/// A part of the daemon that must change with the configuration. Called on the loop thread.
class Subscriber {
 public:
  virtual ~Subscriber() = default;

  /// Does all that can fail, visible to nobody, and keeps it. Returns why it cannot (one line, no secret), after
  /// undoing its own part: neither commit nor abandon follows then.
  virtual std::optional<std::string> prepare(const Snapshot& next) = 0;
  /// Puts what was prepared into force; Store::current() is `next` already.
  virtual void commit(SnapshotPtr next) noexcept = 0;
  /// Drops what was prepared: a later subscriber refused.
  virtual void abandon() noexcept = 0;
};

enum class ReloadResult {
  applied,    ///< a new generation is in force
  unchanged,  ///< the file is good and says what is in force already
  failed,     ///< the last good configuration stays
};

struct ReloadOutcome {
  ReloadResult result = ReloadResult::failed;
  SnapshotPtr current;  ///< what is in force now
  std::string error;    ///< where it failed: one line
};

/// The one way to a new configuration, whoever asks for it: read and validate, prepare every subscriber (may fail,
/// changes nothing), commit all (cannot fail). Loop thread; reload() blocks for as long as reading a local file of at
/// most 1 MiB takes.
class Reloader {
 public:
  /// Reads and validates anew; throws ConfigError. A seam: usually load_file with the path of the first start.
  using Read = std::function<Snapshot()>;

  /// `store` must outlive this.
  Reloader(Store& store, Read read);

  /// Not owned; must live until unsubscribe. Prepared and committed in the order of subscription.
  void subscribe(Subscriber& subscriber);
  void unsubscribe(Subscriber& subscriber);

  ReloadOutcome reload(WallTime now);

 private:
  ReloadOutcome run(WallTime now);
  ReloadOutcome fail(ReloadError error);
  std::optional<std::string> prepare_all(const Snapshot& next);

  Store& store_;
  Read read_;
  std::vector<Subscriber*> subscribers_;
  bool running_ = false;
};

}  // namespace tidegate::config
