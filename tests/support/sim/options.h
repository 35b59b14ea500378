#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tidegate::sim {

/// What the command line says.
struct Options {
  std::string host = "127.0.0.1";  ///< an address, without brackets
  std::uint16_t port = 0;          ///< 0: any free one
  std::filesystem::path port_file;

  bool plain = false;
  std::filesystem::path cert;
  std::filesystem::path key;
  std::filesystem::path make_cert;

  bool check_key = true;
  std::string api_key = "sk-sim";

  std::uint64_t tokens = 16;
  std::chrono::milliseconds token_delay{0};
  std::chrono::milliseconds first_token_delay{0};
  std::uint64_t rate_limit = 0;  ///< requests a minute; 0: no limit
  std::vector<std::string> models{"gpt-4", "gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "text-embedding-3-small"};
  std::uint64_t seed = 0;

  std::chrono::milliseconds keep_alive_timeout{75'000};
  std::uint64_t max_requests_per_connection = 0;  ///< 0: no limit
  bool log = false;
};

/// The options, or the exit code with which the program is to end at once; then what is to be said has been said.
struct ParsedOptions {
  std::optional<Options> options;
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace tidegate::sim
