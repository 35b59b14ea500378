#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/http_header.h"
#include "daemon/policy/fair_queue.h"

namespace tidegate::dispatch {

/// Longer keys end in a hash of the whole, so that those with the same beginning stay apart.
inline constexpr std::size_t kMaxSessionKey = 64;

/// Which of its client's sessions a request belongs to: its `X-Tidegate-Session`, else the body's `user`, else the
/// trace id of its `traceparent` (W3C Trace Context, level 2). At most kMaxSessionKey bytes; empty: none of these.
std::string session_key(const std::vector<Header>& headers, std::string_view user);

/// What `X-Tidegate-Priority` says: interactive or background, in any case; nothing where it is absent. Error
/// bad_request on any other value, and where it is there twice.
Result<std::optional<policy::Priority>> asked_priority(const std::vector<Header>& headers);

}  // namespace tidegate::dispatch
