#pragma once

#include <string_view>

namespace tidegate::cli {

/// Writes to standard output and flushes; false where it cannot (a full disk, a closed descriptor).
bool try_print(std::string_view text) noexcept;

/// The same; throws Failure.
void print(std::string_view text);

/// As print, and adds a line feed where the text does not end with one.
void print_line(std::string_view text);

/// `tidegate: LINE` on standard error; what is printed to standard output before comes first.
void complain(std::string_view line) noexcept;

}  // namespace tidegate::cli
