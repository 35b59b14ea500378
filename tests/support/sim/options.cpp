#include "tests/support/sim/options.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "common/ascii.h"
#include "common/duration.h"
#include "common/version.h"

namespace tidegate::sim {
namespace {

constexpr int kWrongUsage = 2;

constexpr char kFooter[] =
    "Faults come by model name (fault-status=503,times=2) or by header (X-Sim-Fault: status=503,times=2):\n"
    "  instead:  status=CODE retry-after=SECONDS|http-date[+N] retry-after-ms=N per-minute=N quote-key redirect[=URL]\n"
    "            error-in-200\n"
    "  head:     delay=D slow-head[=D] reset close silence bad-status[=TEXT] big-head=BYTES endless-head http09\n"
    "            double-length negative-length hop-headers\n"
    "  body:     truncate=BYTES reset-after[=N] cut-after[=N] stall-after[=N] malformed-chunk[=N] split=BYTES\n"
    "            close-delimited close-delimited-cut trailers gzip\n"
    "  content:  error-chunk[=N] bad-event[=N] no-finish no-done size=BYTES chunk=BYTES tokens=N token-delay=D\n"
    "            first-token-delay=D raw-sse=NAME\n"
    "A comma joins faults, a semicolon begins the next group; once or times=N bounds a group per X-Sim-Key (else per\n"
    "model). tidegate-sim(1) tells what each does.";

struct Texts {
  std::string listen = "127.0.0.1:0";
  std::string api_key_file;
  std::string token_delay = "0";
  std::string first_token_delay = "0";
  std::string keep_alive = "75s";
  std::string models;
  bool no_auth = false;
};

[[noreturn]] void wrong(const std::string& message) { throw CLI::ValidationError(message); }

void read_listen(Options& options, const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : parse_u64(std::string_view(text).substr(colon + 1));
  if (!port || *port > 65'535) wrong(fmt::format("--listen wants HOST:PORT, not '{}'", printable(text)));
  options.port = static_cast<std::uint16_t>(*port);
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  options.host = host == "localhost" ? "127.0.0.1" : host;
}

std::chrono::milliseconds read_duration(const char* flag, const std::string& text) {
  const auto value = parse_duration(text);
  if (!value) wrong(fmt::format("{} wants a duration such as 20ms or 5s, not '{}'", flag, printable(text)));
  return *value;
}

std::string read_key(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line) || trim(line).empty()) wrong(fmt::format("no key can be read from {}", path));
  return std::string(trim(line));
}

void read_models(Options& options, std::string_view list) {
  options.models.clear();
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (const auto name = trim(list.substr(0, comma)); !name.empty()) options.models.emplace_back(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

void check(Options& options, const Texts& texts) {
  read_listen(options, texts.listen);
  options.token_delay = read_duration("--token-delay", texts.token_delay);
  options.first_token_delay = read_duration("--first-token-delay", texts.first_token_delay);
  options.keep_alive_timeout = read_duration("--keep-alive-timeout", texts.keep_alive);
  if (!texts.models.empty()) read_models(options, texts.models);
  if (!texts.api_key_file.empty()) options.api_key = read_key(texts.api_key_file);
  options.check_key = !texts.no_auth;
  const int ways = int{options.plain} + int{!options.make_cert.empty()} + int{!options.cert.empty()};
  if (ways != 1) wrong("exactly one of --cert with --key, --make-cert and --plain is wanted");
  if (options.cert.empty() != options.key.empty()) wrong("--cert and --key go together");
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
  Options options;
  Texts texts;
  CLI::App app("An upstream that speaks the OpenAI and Anthropic APIs and fails as it is told to.", "tidegate-sim");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("tidegate-sim ") + kVersion);
  app.add_option("--listen", texts.listen, "address and port; port 0 takes a free one")->capture_default_str();
  app.add_option("--port-file", options.port_file, "write the port into this file when ready");
  app.add_option("--cert", options.cert, "certificate chain (PEM)");
  app.add_option("--key", options.key, "private key (PEM)");
  app.add_option("--make-cert", options.make_cert,
                 "make ca.pem, server.pem and server.key in this folder and use them");
  app.add_flag("--plain", options.plain, "no TLS");
  auto* const key =
      app.add_option("--api-key", options.api_key, "the key that clients must show")->capture_default_str();
  app.add_option("--api-key-file", texts.api_key_file, "the key is this file's first line")->excludes(key);
  app.add_flag("--no-auth", texts.no_auth, "let everybody in");
  app.add_option("--tokens", options.tokens, "words of an answer")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--token-delay", texts.token_delay, "pause before each further word of a stream");
  app.add_option("--first-token-delay", texts.first_token_delay, "pause before the first word of a stream");
  app.add_option("--rate-limit", options.rate_limit, "requests a minute, 0 for no limit")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--models", texts.models, "the names that /v1/models lists, separated by commas");
  app.add_option("--seed", options.seed, "another seed gives other words")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--keep-alive-timeout", texts.keep_alive, "close a connection idle for so long, 0 for never")
      ->capture_default_str();
  app.add_option("--max-requests-per-connection", options.max_requests_per_connection, "then close it, 0 for no limit")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  app.add_flag("--log", options.log, "one line per request on stderr");
  try {
    app.parse(argc, argv);
    check(options, texts);
  } catch (const CLI::Success& success) {
    return {std::nullopt, app.exit(success)};
  } catch (const CLI::Error& error) {
    fmt::print(stderr, "tidegate-sim: {}\n", error.what());
    return {std::nullopt, kWrongUsage};
  }
  return {std::move(options), 0};
}

}  // namespace tidegate::sim
