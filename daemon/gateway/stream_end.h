#pragma once

#include <string>
#include <string_view>

#include "common/error.h"
#include "daemon/observe/truncation.h"
#include "daemon/upstream/dialect.h"
#include "daemon/upstream/transport.h"

namespace tidegate::gateway {

/// Whether the answer is an event stream whose lines can be read on the way (not compressed).
bool is_event_stream(const upstream::ResponseHead& head) noexcept;

/// The event that tells a client, in its dialect, that its stream broke: an `error` event for messages and responses, a
/// data line with an error object for chat (and where no dialect is known). The official SDKs raise on each of them.
/// Never a terminal event.
std::string error_event(upstream::Dialect dialect, const Error& error);

/// Likewise for an answer of the upstream, an error or not, that comes when the client's stream has begun: the error
/// object in its `body` as it stands, since clients go by its code; else what there is to say of it. `body` is without
/// secrets.
std::string answer_as_error_event(upstream::Dialect dialect, int status, std::string_view body);

/// One line for a person: what the upstream's error says, or its status.
std::string answer_as_text(int status, std::string_view body);

/// What a failed transfer did to the answer.
observe::Truncation truncation_by(ErrorCode code) noexcept;

/// What is told of a stream that ended in good order without being whole.
Error truncation_error(observe::Truncation reason);

}  // namespace tidegate::gateway
