#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::sim {

/// SHA-256 in lower-case hexadecimal.
std::string sha256_hex(std::string_view bytes);

/// RFC 4648 base64 with padding.
std::string base64(std::string_view bytes);

/// The CRC-32 of gzip (RFC 1952), going on from `crc` (0 at the beginning).
std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) noexcept;

/// A cheap, well-mixed hash that is the same in every run and on every machine (FNV-1a, then a finaliser).
std::uint64_t stable_hash(std::string_view bytes, std::uint64_t seed) noexcept;

/// One step of a deterministic series of random-looking numbers (splitmix64).
std::uint64_t mix(std::uint64_t value) noexcept;

}  // namespace tidegate::sim
