#pragma once

#include <cstdint>

namespace tidegate::platform {

/// No dump of this process's memory, which holds keys: no core file, and on Linux no reading by other processes of the
/// same user (debuggers, /proc/PID/mem). To be called before the first secret is read.
void forbid_memory_dumps() noexcept;

/// The part of forbid_memory_dumps() that only some systems have.
void forbid_memory_reading() noexcept;

/// Raises the soft limit of open descriptors to the hard one: a connection costs two. Returns the limit in force.
std::uint64_t raise_descriptor_limit() noexcept;

/// A write to a closed connection is an error code, not the end of the process.
void ignore_broken_pipes() noexcept;

/// What the daemon creates is for its owner alone; sockets and files for others get their mode explicitly.
void restrict_new_files() noexcept;

/// All of the above, for the start of main().
void harden_process() noexcept;

}  // namespace tidegate::platform
