#include <cstdio>
#include <exception>

#include <curl/curl.h>

#include "daemon/app/daemon.h"
#include "daemon/app/offline_commands.h"
#include "daemon/config/loader.h"
#include "daemon/platform/memory_tuning.h"
#include "daemon/platform/process_hardening.h"

int main(int argc, char** argv) {
  using namespace tidegate;
  const auto parsed = app::parse_options(argc, argv, process_environment());
  if (!parsed.options) return parsed.exit_code;
  const auto& options = *parsed.options;
  if (options.check_config) return app::check_config(options.config);
  if (options.print_config) return app::print_config(options.config);

  platform::harden_process();
  platform::tune_allocator();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  try {
    app::Daemon daemon(options, config::load_file(options.config));
    daemon.start();
    return daemon.run();
  } catch (const config::ConfigError& error) {
    std::fprintf(stderr, "tidegated: %s\n", error.what());
    return app::kExitConfig;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tidegated: %s\n", error.what());
    return 1;
  }
}
