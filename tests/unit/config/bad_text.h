#pragma once

#include <string_view>

namespace tidegate::config {

/// A configuration that must be refused, and how.
struct BadText {
  const char* name;
  std::string_view text;      ///< KEY stands for a key, GUIDE for the guide's block (seven lines)
  std::string_view expected;  ///< LINE:COLUMN: rest, without the file; VERSION stands for the program's
};

}  // namespace tidegate::config
