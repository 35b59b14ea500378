#pragma once

namespace tidegate::platform {

/// Fits the allocator to a daemon that takes and gives back the same buffers all day. For the start of main().
void tune_allocator() noexcept;

}  // namespace tidegate::platform
