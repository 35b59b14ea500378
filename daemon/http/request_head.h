#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http_header.h"

namespace tidegate::http {

/// A request's head after all checks. Lives in its connection until the next request; pieces point into `raw`.
struct RequestHead {
  std::string raw;  ///< the head's bytes as received
  std::string_view method;
  std::string_view target;  ///< as received: origin-form, absolute-form or `*`
  std::string_view path;    ///< origin-form path without the query
  std::string_view query;   ///< with its `?`, or empty
  std::string_view host;    ///< the one Host field
  int version = 11;         ///< 10 or 11
  std::vector<Header> headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;

  RequestHead() = default;
  RequestHead(const RequestHead&) = delete;
  RequestHead& operator=(const RequestHead&) = delete;

  /// The first field of that name (any case); empty view with data() == nullptr where there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name).data() != nullptr; }
  [[nodiscard]] bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }

  void clear();
};

}  // namespace tidegate::http
