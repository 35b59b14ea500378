#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "cli/failure.h"

namespace tidegate::cli {

bool try_print(std::string_view text) noexcept {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void print(std::string_view text) {
  if (!try_print(text))
    throw Failure(kRefused, std::string("cannot write to standard output: ") + std::strerror(errno));
}

void print_line(std::string_view text) {
  print(!text.empty() && text.back() == '\n' ? std::string(text) : std::string(text).append("\n"));
}

void complain(std::string_view line) noexcept {
  std::fflush(stdout);
  std::fprintf(stderr, "tidegate: %.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace tidegate::cli
