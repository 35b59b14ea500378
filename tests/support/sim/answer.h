#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/sim/body_source.h"
#include "tests/support/sim/faults.h"
#include "tests/support/sim/reply.h"
#include "tests/support/sim/request.h"

namespace tidegate::sim {

/// What is to be sent for one request.
struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers;                      ///< besides content-type and those of the framing
  std::unique_ptr<BodySource> body;     ///< null: empty
  std::optional<std::uint64_t> length;  ///< of the body; nothing: chunked
  std::chrono::milliseconds token_delay{0};
  std::chrono::milliseconds first_token_delay{0};
  bool head_sent = false;                ///< set by the writer; false where a fault left no good head
  std::shared_ptr<const Faults> faults;  ///< null: none
};

/// A whole body of a known length.
Answer text_answer(int status, std::string body);
/// The error in the shape of the path that was asked for.
Answer error_answer(const Request& request, int status, std::string_view message);
/// A reply on its way to one client.
Answer reply_answer(const Reply& reply);
/// A body that is made while it is sent, of this length where that is known.
Answer source_answer(std::unique_ptr<BodySource> body, std::optional<std::uint64_t> length);

}  // namespace tidegate::sim
