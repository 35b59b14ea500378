#include "daemon/observe/log_format.h"

#include <fmt/format.h>
#include <cmath>
#include <type_traits>

#include "daemon/observe/log_escape.h"
#include "daemon/observe/rfc3339.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t kUsualLine = 512;

// A piece of text as it may stand in a line. Cleaned before it is cut: half a secret would not be recognised.
class Clean {
 public:
  Clean(std::string_view text, Redactor redact) : text_(redact(text, room_)) {
    if (text_.size() <= kMaxLogText) return;
    room_ = std::string(text_.substr(0, kMaxLogText)).append("...");
    text_ = room_;
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::string room_;
  std::string_view text_;
};

std::string_view padded_name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace: return "trace ";
    case LogLevel::debug: return "debug ";
    case LogLevel::info: return "info  ";
    case LogLevel::warn: return "warn  ";
    case LogLevel::error: break;
  }
  return "error ";
}

char priority(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::error: return '3';
    case LogLevel::warn: return '4';
    case LogLevel::info: return '6';
    case LogLevel::trace:
    case LogLevel::debug: break;
  }
  return '7';
}

template <class AppendString>
void append_field_value(std::string& to, const Field::Value& value, const AppendString& append_string) {
  std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string_view>) {
          append_string(held);
        } else if constexpr (std::is_same_v<Held, double>) {
          to += std::isfinite(held) ? fmt::format("{}", held) : "null";  // JSON knows no infinity
        } else if constexpr (std::is_same_v<Held, bool>) {
          to += held ? "true" : "false";
        } else {
          to += fmt::format_int(held).c_str();
        }
      },
      value);
}

}  // namespace

std::string render_text(const LogLine& line, LineStart start, Redactor redact) {
  std::string text;
  text.reserve(kUsualLine);
  if (start == LineStart::time) {
    text += rfc3339(line.time);
    text += ' ';
  } else {
    text = {'<', priority(line.level), '>'};
  }
  text += padded_name(line.level);
  append_text(text, Clean(line.message, redact).text());
  for (const auto& field : line.fields) {
    // Nothing to say: `error=""` on each line would only hide the line that has one.
    const auto* held_text = std::get_if<std::string_view>(&field.value);
    if (held_text != nullptr && held_text->empty()) continue;
    text += ' ';
    text += field.key;  // a literal of ours
    text += '=';
    append_field_value(text, field.value,
                       [&](std::string_view held) { append_value(text, Clean(held, redact).text()); });
  }
  return text;
}

std::string render_json(const LogLine& line, Redactor redact) {
  auto json = fmt::format(R"({{"time":"{}","level":"{}","message":)", rfc3339(line.time), to_string(line.level));
  append_json(json, Clean(line.message, redact).text());
  for (const auto& field : line.fields) {
    json += ',';
    append_json(json, field.key);
    json += ':';
    append_field_value(json, field.value,
                       [&](std::string_view held) { append_json(json, Clean(held, redact).text()); });
  }
  json += '}';
  return json;
}

}  // namespace tidegate::observe
