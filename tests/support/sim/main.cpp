#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include "tests/support/sim/options.h"
#include "tests/support/sim/router.h"
#include "tests/support/sim/server.h"
#include "tests/support/sim/tls_certificate.h"

namespace {

using namespace tidegate::sim;

/// Each stream is a descriptor, and the usual soft limit is 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  for (const auto wanted : {limit.rlim_max, rlim_t{65'536}, rlim_t{10'240}}) {
    if (wanted <= limit.rlim_cur) return;
    const rlimit raised{wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
  }
}

std::optional<asio::ssl::context> make_context(const Options& options) {
  if (options.plain) return std::nullopt;
  if (options.make_cert.empty()) return server_context(options.cert.string(), options.key.string());
  const auto files = ensure_certificate(options.make_cert);
  return server_context(files.cert.string(), files.key.string());
}

/// Written beside the file and renamed: who waits for the file reads a whole number.
void write_port(const std::filesystem::path& path, unsigned port) {
  if (path.empty()) return;
  const auto fresh = path.string() + ".new";
  std::ofstream file(fresh);
  file << port << '\n';
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) throw std::runtime_error("cannot write " + path.string());
}

int serve(const Options& options) {
  raise_descriptor_limit();
  asio::io_context loop(1);
  Router router(options);
  Server server(loop, router, make_context(options));
  server.start();
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&server](const std::error_code& error, int) {
    if (!error) server.stop();
  });
  write_port(options.port_file, server.port());
  fmt::print("tidegate-sim: listening on {}\n", server.base_url());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto parsed = parse_options(argc, argv);
    return parsed.options ? serve(*parsed.options) : parsed.exit_code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tidegate-sim: {}\n", error.what());
    return 1;
  }
}
