#pragma once

namespace tidegate::platform {

/// Fits the allocator to a daemon that takes and gives back the same buffers all day. For the start of main().
void tune_allocator() noexcept;

/// Gives memory that is free now back to the system. Takes milliseconds: for quiet times.
void give_back_memory() noexcept;

}  // namespace tidegate::platform
