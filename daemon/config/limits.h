#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "daemon/policy/priority.h"

namespace tidegate::config {

/// Both ends are allowed.
template <class T>
struct Range {
  T min;
  T max;
};

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

// The file.
inline constexpr std::size_t kMaxFileBytes = 1U << 20;
/// yaml-cpp looks ahead to the end of a line and holds 240 bytes for each bracket on it.
inline constexpr std::size_t kMaxLineBytes = 64U << 10;
inline constexpr std::size_t kMaxNesting = 64;
inline constexpr std::size_t kMaxEntries = 1'000;  ///< of one mapping or list; keeps the search for doubles short

// Texts.
inline constexpr std::size_t kMaxSecretFileBytes = 64U << 10;
inline constexpr std::size_t kMaxKeyBytes = 8U << 10;  ///< a key travels in a header
inline constexpr std::size_t kMaxUrlBytes = 2'048;
inline constexpr std::size_t kMaxModelBytes = 256;
inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxHostBytes = 255;
inline constexpr std::size_t kMaxUnixPathBytes = 103;  ///< sun_path is 104 bytes with its NUL on macOS, 108 on Linux
inline constexpr std::size_t kMaxPathBytes = 4'095;

// Lists.
inline constexpr std::size_t kMaxListenAddresses = 16;
inline constexpr std::size_t kMaxHosts = 64;
inline constexpr std::size_t kMaxClients = 256;

// Numbers.
inline constexpr Range<std::uint32_t> kMaxConnections{1, 65'536};
inline constexpr Range<std::uint64_t> kMaxBody{1U << 10, 1ULL << 30};
inline constexpr Range<std::uint32_t> kMaxInFlight{1, 10'000};
inline constexpr Range<std::uint32_t> kMaxDepth{0, 1'000'000};
inline constexpr Range<std::uint32_t> kMaxPerClient{0, 1'000'000};  ///< 0: as many as queue.maxDepth
inline constexpr Range<std::uint32_t> kWeight{1, policy::kMaxWeight};
inline constexpr Range<std::uint64_t> kMaxQueueBytes{1U << 10, 1ULL << 40};
inline constexpr Range<std::uint32_t> kMaxAttempts{1, 20};

// Durations.
inline constexpr Range<Milliseconds> kTimeout{1ms, 24h};  ///< llm.openapi.timeout and gateway's
inline constexpr Range<Milliseconds> kIdempotencyGrace{0ms, 1h};
inline constexpr Range<Milliseconds> kConnectTimeout{1ms, 10min};
inline constexpr Range<Milliseconds> kFirstByteTimeout{0ms, 24h};  ///< 0: llm.openapi.timeout
inline constexpr Range<Milliseconds> kKeepWarm{0ms, 24h};
inline constexpr Range<Milliseconds> kMaxWait{1ms, 24h};
inline constexpr Range<Milliseconds> kHeartbeat{0ms, 1h};
inline constexpr Range<Milliseconds> kBackoff{1ms, 1h};

}  // namespace tidegate::config
