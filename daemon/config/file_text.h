#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace tidegate::config {

struct FileText {
  std::string text;
  bool exposed = false;  ///< others than its owner can read it, see read_file
};

/// The whole of a regular file of at most `limit` bytes. Blocking, but never for ever: a FIFO or device is refused
/// before it is read. Throws ValueError; its message does not name the path.
///
/// `exposed` is true where everybody can read the file, or its group can although it is our own; the group of somebody
/// else's file is how a service user is meant to read it (root:tidegate 0640).
FileText read_file(const std::filesystem::path& path, std::size_t limit);

/// Checks that the file could be read, without reading it; returns `exposed`. Throws ValueError.
bool check_readable(const std::filesystem::path& path);

}  // namespace tidegate::config
