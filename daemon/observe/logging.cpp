#include "daemon/observe/logging.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "daemon/observe/fd_sink.h"
#include "daemon/observe/log_format.h"

namespace tidegate::observe {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames{"trace", "debug", "info", "warn", "error"};

// The sinks are the unsynchronised ones: everything here is under one mutex anyway.
struct Logging {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::text;
  LineStart start = LineStart::time;
  std::vector<Secret> secrets;
};

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("tidegate", std::move(sink));
  logger->set_pattern("%v");  // a line comes here whole
  logger->set_level(spdlog::level::trace);
  logger->set_error_handler(
      [](const std::string&) {});  // an error of the logger is no reason for lines of spdlog's own
  return logger;
}

spdlog::sink_ptr stderr_sink() { return std::make_shared<FdSink>(STDERR_FILENO, FdSink::Owned::no); }

// As systemd.exec(5) asks: the variable is inherited, so it counts only if standard error is that very stream.
LineStart start_for_stderr() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status{};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return LineStart::time;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream ? LineStart::journal_priority : LineStart::time;
}

/// Never destroyed: destructors of other static objects may still log.
Logging& logging() {
  static auto* const instance = [] {
    auto* made = new Logging;
    made->logger = make_logger(stderr_sink());
    made->start = start_for_stderr();
    return made;
  }();
  return *instance;
}

Result<spdlog::sink_ptr> file_sink(const std::filesystem::path& file) {
  // O_NONBLOCK: a pipe that nobody reads is an error here and not a daemon that hangs.
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd < 0) {
    return Error{ErrorCode::internal,
                 fmt::format("cannot open the log file {}: {}", file.string(), std::strerror(errno))};
  }
  return spdlog::sink_ptr(std::make_shared<FdSink>(fd, FdSink::Owned::yes));
}

std::string redact_all(std::string text, const std::vector<Secret>& secrets) {
  for (const auto& secret : secrets) text = redact(std::move(text), secret);
  return text;
}

// The redactor of the renderers has no argument for the list; they run under the mutex. Copies only what it must
// change.
std::string_view redact_locked(std::string_view text, std::string& room) {
  const auto& secrets = logging().secrets;
  const bool clean = std::none_of(secrets.begin(), secrets.end(), [&](const Secret& secret) {
    return text.find(secret.reveal()) != std::string_view::npos;
  });
  if (clean) return text;
  room = redact_all(std::string(text), secrets);
  return room;
}

spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: break;
  }
  return spdlog::level::err;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
  const auto* const found = std::find(kLevelNames.begin(), kLevelNames.end(), name);
  if (found == kLevelNames.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kLevelNames.begin());
}

std::string_view to_string(LogLevel level) noexcept { return kLevelNames[static_cast<std::size_t>(level)]; }

Result<Ok> configure(const LogOptions& options) {
  spdlog::sink_ptr sink;
  if (options.file.empty()) {
    sink = stderr_sink();
  } else {
    auto opened = file_sink(options.file);
    if (!opened) return opened.error();
    sink = *opened;
  }
  auto logger = make_logger(std::move(sink));
  const auto start = options.file.empty() ? start_for_stderr() : LineStart::time;
  auto& state = logging();
  const std::lock_guard hold(state.mutex);
  state.logger = std::move(logger);
  state.format = options.format;
  state.start = start;
  set_log_level(options.level);
  return Ok{};
}

void set_log_level(LogLevel level) noexcept { detail::level.store(level, std::memory_order_relaxed); }

LogLevel log_level() noexcept { return detail::level.load(std::memory_order_relaxed); }

void set_secrets(std::vector<Secret> secrets) {
  // The longest first: a key that is part of another one would leave the rest of it standing.
  std::sort(secrets.begin(), secrets.end(),
            [](const Secret& a, const Secret& b) { return a.reveal().size() > b.reveal().size(); });
  auto& state = logging();
  const std::lock_guard hold(state.mutex);
  state.secrets = std::move(secrets);
}

std::string redact_secrets(std::string text) {
  auto& state = logging();
  const std::lock_guard hold(state.mutex);
  return redact_all(std::move(text), state.secrets);
}

namespace detail {

std::atomic<LogLevel> level{LogLevel::info};

void write(LogLevel line_level, std::string_view message, Fields fields) noexcept {
  try {
    auto& state = logging();
    const std::lock_guard hold(state.mutex);
    const LogLine line{std::chrono::system_clock::now(), line_level, message, fields};
    const auto text = state.format == LogFormat::json ? render_json(line, redact_locked)
                                                      : render_text(line, state.start, redact_locked);
    // Once more over the whole line: a secret may be made up of several pieces.
    std::string room;
    state.logger->log(spdlog_level(line_level), redact_locked(text, room));
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a line; there is nobody left to tell
  }
}

void write_formatted(LogLevel line_level, fmt::string_view format, fmt::format_args arguments) noexcept {
  try {
    write(line_level, fmt::vformat(format, arguments), {});
  } catch (...) {  // NOLINT(bugprone-empty-catch): as above
  }
}

}  // namespace detail
}  // namespace tidegate::observe
