#include "daemon/config/secret_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "common/ascii.h"
#include "common/version.h"
#include "daemon/config/file_text.h"
#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"
#include "daemon/config/values.h"

namespace tidegate::config {
namespace {

constexpr char kExpected[] = "expected the key, ${NAME} or file:/PATH";
constexpr std::string_view kFile = "file:";

/// Schemes of the design that a later version resolves; sent as they are they would be wrong keys.
constexpr std::array<std::string_view, 3> kLaterSchemes{"credential:", "keychain:", "exec:"};

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_'; };
  return !name.empty() && name.size() <= kMaxNameBytes && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || is_digit(c); });
}

std::string from_environment(std::string_view spelling, const Environment& environment) {
  const auto closed = spelling.ends_with('}');
  const std::string name(closed ? spelling.substr(2, spelling.size() - 3) : std::string_view());
  if (!is_variable_name(name))
    throw ValueError("what follows ${ is no variable's name and }; expected ${NAME}, such as ${TIDEGATE_API_KEY}");
  const auto value = environment(name.c_str());
  if (!value || value->empty())
    throw ValueError(fmt::format("the environment variable {} is not set or empty; {}", name, kExpected));
  return *value;
}

FileText from_file(std::string_view path) {
  if (!path.starts_with('/')) throw ValueError("the path after file: is not absolute; expected file:/PATH");
  if (path.size() > kMaxPathBytes)
    throw ValueError(fmt::format("the path after file: is too long; expected at most {} bytes", kMaxPathBytes));
  try {
    auto file = read_file(std::filesystem::path(path), kMaxSecretFileBytes);
    file.text.resize(std::min(file.text.find('\n'), file.text.size()));
    if (file.text.ends_with('\r')) file.text.pop_back();
    return file;
  } catch (const ValueError& error) {
    throw ValueError(fmt::format("the key's file {}: {}", printable(path), error.what()));
  }
}

}  // namespace

ResolvedSecret resolve_secret(std::string_view spelling, const Environment& environment) {
  ResolvedSecret resolved;
  std::string key(spelling);
  for (const auto scheme : kLaterSchemes)
    if (spelling.starts_with(scheme))
      throw ValueError(fmt::format("{} is not supported by version {} yet; {}", scheme, kVersion, kExpected));
  if (spelling.starts_with("${")) {
    key = from_environment(spelling, environment);
    resolved.origin = SecretOrigin::environment;
  } else if (spelling.starts_with(kFile)) {
    auto file = from_file(spelling.substr(kFile.size()));
    key = std::move(file.text);
    resolved.origin = SecretOrigin::file;
    resolved.exposed = file.exposed;
  }
  if (key.empty()) throw ValueError(fmt::format("the key is empty; {}", kExpected));
  if (key.size() > kMaxKeyBytes)
    throw ValueError(fmt::format("the key is too long; expected at most {} bytes", kMaxKeyBytes));
  if (!is_visible_ascii(key))
    throw ValueError(
        "the key has a blank, a control character or a character outside ASCII; expected visible ASCII characters");
  resolved.secret = Secret(std::move(key));
  return resolved;
}

}  // namespace tidegate::config
