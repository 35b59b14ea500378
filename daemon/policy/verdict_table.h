#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/policy/verdict.h"

namespace tidegate::policy {

/// Whose habit a row describes. For the reader: behind a proxy every dialect may speak, so all rows are tried.
enum class Dialect : std::uint8_t { any, openai, azure, anthropic, one_api, new_api, openrouter, together, cdn };

std::string_view dialect_name(Dialect dialect) noexcept;

/// What of an answer a row looks at. Letters' case is ignored.
enum class Field : std::uint8_t {
  status,        ///< the status alone
  code,          ///< ErrorFacts::code; a `*` at the pattern's beginning or end stands for anything
  type,          ///< ErrorFacts::type, likewise
  detail,        ///< ErrorFacts::detail_code, likewise
  error_type,    ///< ErrorFacts::error_type, likewise
  limit_source,  ///< ErrorFacts::limit_source, likewise
  text           ///< ErrorFacts::text contains the pattern
};

/// Statuses from first to last, both included.
struct Statuses {
  int first;
  int last;
};

/// One row: an answer whose status is among `statuses` and whose field matches is judged so.
struct VerdictRow {
  Dialect dialect;
  Statuses statuses;
  Field field;
  std::string_view pattern;
  Judgement judgement;
  std::string_view source;  ///< the page or source file that says so
};

/// All rows; the first that fits decides, and for each status of 400 and above one does.
struct VerdictRows {
  const VerdictRow* data;
  std::size_t size;
  [[nodiscard]] const VerdictRow* begin() const noexcept { return data; }
  [[nodiscard]] const VerdictRow* end() const noexcept { return data + size; }
};
VerdictRows verdict_rows() noexcept;

}  // namespace tidegate::policy
