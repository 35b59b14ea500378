#pragma once

#include <optional>
#include <string>

#include "daemon/platform/clock.h"

namespace tidegate::upstream {

/// The upstream's last model list, byte for byte, so that `GET /v1/models` is quick and works while the upstream is
/// down. Pure: time is passed in.
class ModelsCache {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;  ///< a longer list is not kept
  static constexpr std::chrono::minutes kFresh{5};                ///< older ones are shown, and asked for again

  struct List {
    std::string content_type;
    std::string body;
  };

  void store(TimePoint now, List list);
  void clear() noexcept { list_.reset(); }

  [[nodiscard]] const List* list() const noexcept { return list_ ? &*list_ : nullptr; }
  [[nodiscard]] bool fresh(TimePoint now) const noexcept { return list_ && now - stored_ < kFresh; }

  /// A list of only the configured model, for when nothing is known.
  static List fallback(const std::string& model);

 private:
  std::optional<List> list_;
  TimePoint stored_;
};

}  // namespace tidegate::upstream
