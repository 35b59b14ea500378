#include "daemon/upstream/dialect.h"

namespace tidegate::upstream {

Dialect dialect_of(std::string_view path) noexcept {
  if (path == "/v1/messages") return Dialect::messages;
  if (path == "/v1/responses") return Dialect::responses;
  // Legacy completions; engines and deployments have paths of their own before them.
  if (path.ends_with("/completions")) return Dialect::chat;
  return Dialect::unknown;
}

}  // namespace tidegate::upstream
