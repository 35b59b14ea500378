#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tidegate::policy {

/// Which bound of the queue would be passed.
enum class QueueRefusal : std::uint8_t {
  none,
  depth,         ///< queue.maxDepth: all waiting requests
  client_depth,  ///< queue.maxPerClient: those of this client
  bytes,         ///< queue.maxBytes: all bodies held
  client_bytes   ///< the share of queue.maxBytes that one named client may hold
};
std::string_view refusal_name(QueueRefusal refusal) noexcept;

struct QueueBounds {
  std::uint32_t max_depth = 1000;          ///< waiting requests
  std::uint32_t max_per_client = 0;        ///< of them, of one client; 0: as many as max_depth
  std::uint64_t max_bytes = 256ULL << 20;  ///< request bodies held, waiting and under way
};

/// How much of the queue each client takes, and whether it may take more. Clients are known by name; all without one
/// count as one. Remembers only those that have something there. Pure; loop thread only.
class QueueUsage {
 public:
  /// In a full queue so many may still wait of a client that fills less than kSmallShare of it: others' requests do
  /// not shut it out. So there may be as many times this above max_depth as there are clients.
  static constexpr std::uint64_t kKeptPlaces = 4;
  static constexpr std::uint64_t kSmallShare = 4;  ///< a quarter
  /// A named client may hold three of four bytes; its first body always counts as within that.
  static constexpr std::uint64_t bytes_of_one(std::uint64_t max_bytes) noexcept { return max_bytes - max_bytes / 4; }

  [[nodiscard]] QueueRefusal may_wait(const QueueBounds& bounds, std::string_view client) const noexcept;
  [[nodiscard]] QueueRefusal may_hold(const QueueBounds& bounds, std::string_view client,
                                      std::uint64_t bytes) const noexcept;

  void enter(std::string_view client);
  void leave(std::string_view client) noexcept;
  void hold(std::string_view client, std::uint64_t bytes);
  void free(std::string_view client, std::uint64_t bytes) noexcept;

  [[nodiscard]] std::uint64_t depth() const noexcept { return all_.waiting; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return all_.bytes; }
  [[nodiscard]] std::uint64_t depth(std::string_view client) const noexcept { return of(client).waiting; }
  [[nodiscard]] std::uint64_t bytes(std::string_view client) const noexcept { return of(client).bytes; }
  [[nodiscard]] std::size_t clients() const noexcept { return clients_.size(); }

 private:
  struct Use {
    std::uint64_t waiting = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Use of(std::string_view client) const noexcept;
  void change(std::string_view client, std::uint64_t waiting, std::uint64_t bytes, bool more);

  Use all_;
  std::map<std::string, Use, std::less<>> clients_;
};

}  // namespace tidegate::policy
