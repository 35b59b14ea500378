#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/http/response_writer.h"

namespace tidegate::gateway {

/// Fields of our own that go with each answer.
struct AnswerInfo {
  std::string_view exchange_id;
  std::uint32_t attempts = 0;
  std::uint64_t queue_ms = 0;

  void add_to(http::ResponseWriter& response) const {
    response.header("x-tidegate-id", exchange_id);
    response.header("x-tidegate-attempts", attempts);
    response.header("x-tidegate-queue-ms", queue_ms);
  }
};

}  // namespace tidegate::gateway
