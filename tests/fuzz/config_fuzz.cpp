// Any bytes as a configuration: load_text returns a snapshot or throws ConfigError with one line, and nothing else
// happens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/config/loader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidegate::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const auto snapshot = load_text(text, "/fuzz/config.yaml");
    if (snapshot.settings.llm.api_key.empty() || snapshot.digest.size() != 64) std::abort();
    // What the daemon prints of a good configuration is a good configuration with the same settings but for secrets.
    const auto& settings = snapshot.settings;
    if (settings.gateway.clients.size() < 2 && settings.upstream.proxy.find('@') == std::string::npos) {
      auto again = load_text(to_redacted_json(snapshot), "/fuzz/again.yaml").settings;
      again.llm.api_key = settings.llm.api_key;
      again.gateway.clients = settings.gateway.clients;
      if (!(again == settings)) std::abort();
    }
  } catch (const ConfigError& error) {
    const std::string_view what = error.what();
    if (what.find('\n') != std::string_view::npos || what.find("expected") == std::string_view::npos) std::abort();
    if (error.line() < 1 || error.column() < 1) std::abort();
  }
  return 0;
}
