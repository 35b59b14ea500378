#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::gateway {

/// The body of an answer for several readers, each at a position of its own, counted from the answer's first byte: all
/// of it while it replays, afterwards only what the slowest has yet to read.
class ReplayBuffer {
 public:
  void append(std::string_view bytes) { bytes_ += bytes; }

  /// Every reader can still begin at the first byte.
  [[nodiscard]] bool replays() const noexcept { return replays_; }
  void stop_replaying() noexcept { replays_ = false; }

  /// What there is behind `position`, at most `limit` bytes. Valid until the next change.
  [[nodiscard]] std::string_view read(std::uint64_t position, std::size_t limit) const noexcept {
    return std::string_view(bytes_).substr(static_cast<std::size_t>(position - start_), limit);
  }

  /// Nobody will read what is before `position`. Memory follows in strides, so that no byte is moved more than once on
  /// average.
  void trim(std::uint64_t position) {
    const auto read = static_cast<std::size_t>(position - start_);
    if (replays_ || read == 0 || read < bytes_.size() - read) return;
    bytes_.erase(0, read);
    start_ = position;
    if (bytes_.capacity() > 2 * kSpare && bytes_.size() < kSpare) bytes_.shrink_to_fit();
  }

  void clear() {
    start_ = end();
    std::string().swap(bytes_);
    replays_ = false;
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }            ///< held now
  [[nodiscard]] std::uint64_t end() const noexcept { return start_ + bytes_.size(); }  ///< of all that came

 private:
  static constexpr std::size_t kSpare = std::size_t{256} << 10;

  std::string bytes_;
  std::uint64_t start_ = 0;
  bool replays_ = true;
};

}  // namespace tidegate::gateway
