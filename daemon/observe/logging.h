#pragma once

#include <fmt/core.h>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/error.h"
#include "common/secret.h"

namespace tidegate::observe {

enum class LogLevel { trace, debug, info, warn, error };
std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;
std::string_view to_string(LogLevel level) noexcept;

enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::filesystem::path file;  ///< empty: standard error
};

/// The longest line, in bytes before escaping; the rest of a message or of a field's text is cut off.
inline constexpr std::size_t kMaxLogText = 8192;

/// One `key=value` of a line. Only refers to its texts: make it in the call that logs.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  Field(std::string_view name, std::same_as<bool> auto truth) : key(name), value(truth) {}
  template <std::signed_integral T>
  Field(std::string_view name, T number) : key(name), value(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view name, T number) : key(name), value(static_cast<std::uint64_t>(number)) {}

  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

/// Sets level, format and destination at once, also at run time; a file is opened anew, so this serves log rotation too
/// (0600, appended to). On an error, which is a line for the user, everything stays as it was. Any thread.
Result<Ok> configure(const LogOptions& options);

void set_log_level(LogLevel level) noexcept;
LogLevel log_level() noexcept;

/// What must never stand in a line, as a last line of defence; replaces the earlier list. Secrets under 4 bytes are
/// ignored: they would match everywhere. Any thread.
void set_secrets(std::vector<Secret> secrets);

/// `text` with all of these secrets replaced.
std::string redact_secrets(std::string text);

namespace detail {
extern std::atomic<LogLevel> level;
inline bool enabled(LogLevel wanted) noexcept { return wanted >= level.load(std::memory_order_relaxed); }
void write(LogLevel line_level, std::string_view message, Fields fields) noexcept;
void write_formatted(LogLevel line_level, fmt::string_view format, fmt::format_args arguments) noexcept;
}  // namespace detail

// Each level has two forms: a message with fields, `log_warn("the upstream is down", {{"upstream", name}})`, and a
// format with arguments, `log_info("listening on {}", address)`. Neither ever throws. Any thread.

inline void log_trace(std::string_view message, Fields fields) noexcept {
  if (detail::enabled(LogLevel::trace)) detail::write(LogLevel::trace, message, fields);
}
inline void log_debug(std::string_view message, Fields fields) noexcept {
  if (detail::enabled(LogLevel::debug)) detail::write(LogLevel::debug, message, fields);
}
inline void log_info(std::string_view message, Fields fields) noexcept {
  if (detail::enabled(LogLevel::info)) detail::write(LogLevel::info, message, fields);
}
inline void log_warn(std::string_view message, Fields fields) noexcept {
  if (detail::enabled(LogLevel::warn)) detail::write(LogLevel::warn, message, fields);
}
inline void log_error(std::string_view message, Fields fields) noexcept {
  if (detail::enabled(LogLevel::error)) detail::write(LogLevel::error, message, fields);
}

template <class... Args>
void log_trace(fmt::format_string<Args...> format, Args&&... args) noexcept {
  if (detail::enabled(LogLevel::trace))
    detail::write_formatted(LogLevel::trace, format, fmt::make_format_args(args...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) noexcept {
  if (detail::enabled(LogLevel::debug))
    detail::write_formatted(LogLevel::debug, format, fmt::make_format_args(args...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) noexcept {
  if (detail::enabled(LogLevel::info)) detail::write_formatted(LogLevel::info, format, fmt::make_format_args(args...));
}
template <class... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) noexcept {
  if (detail::enabled(LogLevel::warn)) detail::write_formatted(LogLevel::warn, format, fmt::make_format_args(args...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) noexcept {
  if (detail::enabled(LogLevel::error))
    detail::write_formatted(LogLevel::error, format, fmt::make_format_args(args...));
}

}  // namespace tidegate::observe
