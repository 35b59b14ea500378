#include "daemon/http/request_head.h"

#include "common/ascii.h"

namespace tidegate::http {

std::string_view RequestHead::find(std::string_view name) const noexcept {
  for (const auto& header : headers)
    if (iequals(header.name, name)) return header.value.data() == nullptr ? std::string_view("") : header.value;
  return {};
}

void RequestHead::clear() {
  headers.clear();
  method = target = path = query = host = {};
  version = 11;
  content_length.reset();
  chunked = false;
  keep_alive = true;
  expect_continue = false;
}

}  // namespace tidegate::http
