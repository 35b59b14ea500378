#pragma once

#include <cstdint>

namespace tidegate::platform {

/// Bytes of this process that are in memory now; 0 where the system does not say.
std::uint64_t resident_bytes() noexcept;

}  // namespace tidegate::platform
