#pragma once

#include <string>
#include <string_view>

#include "common/error.h"
#include "daemon/upstream/transport.h"

namespace tidegate::gateway {

/// Whether the answer is an event stream whose lines can be read on the way (not compressed).
bool is_event_stream(const upstream::ResponseHead& head) noexcept;

/// The event that tells a client, in the dialect of `path`, that its stream broke: an `error` event for messages and
/// responses, a data line with an error object for chat completions. Never a terminal event.
std::string error_event(std::string_view path, const Error& error);

}  // namespace tidegate::gateway
