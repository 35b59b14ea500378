#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tidegate::http {

/// The bounds of one listener's connections. The fixed ones are protocol sanity; the others come from configuration.
struct Limits {
  static constexpr std::size_t kMaxHead = std::size_t{64} << 10;       ///< bytes of request line and header fields
  static constexpr std::size_t kMaxHeaders = 256;                      ///< header fields
  static constexpr std::size_t kMaxChunkExtension = 256;               ///< bytes of extensions of one chunk
  static constexpr std::size_t kMaxTrailers = std::size_t{8} << 10;    ///< bytes of trailer fields
  static constexpr std::size_t kMaxChunkHeads = std::size_t{1} << 20;  ///< chunks in one body
  static constexpr std::size_t kMaxPipelined = std::size_t{64} << 10;  ///< bytes read ahead while a request is served
  static constexpr std::size_t kMaxEmptyLines = 4;                     ///< CRLFs before a request line (RFC 9112 §2.2)

  std::uint64_t max_body = 64ULL << 20;
  std::uint32_t max_connections = 4096;
  std::chrono::milliseconds head_timeout{15'000};    ///< from a head's first byte to its last
  std::chrono::milliseconds body_timeout{300'000};   ///< from the head's end to the body's
  std::chrono::milliseconds idle_timeout{75'000};    ///< between requests
  std::chrono::milliseconds write_timeout{300'000};  ///< without the client taking a byte
};

}  // namespace tidegate::http
