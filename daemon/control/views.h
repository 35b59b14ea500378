#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "daemon/control/sources.h"

namespace tidegate::control {

using Json = nlohmann::ordered_json;

/// `GET /v1/status`; safe to paste: no secret, no text of a request.
Json status_view(const Sources& sources);
/// `GET /v1/health`: the state and what is wrong now.
Json health_view(const Sources& sources);
/// Its items alone.
Json health_items(const Sources& sources);
/// `GET /v1/queue`: who waits for what, since when, until when, in the order of going; and what the gate has learned.
Json queue_view(const Sources& sources);
/// The gate's part of it, which status has too.
Json gate_part(dispatch::UpstreamGate& gate, TimePoint now);
/// `GET /v1/exchanges`: what runs now and what ended last.
Json exchanges_view(const Sources& sources);
/// `GET /v1/config`: what is in force, secrets replaced.
Json config_view(const Sources& sources);

/// Whole milliseconds; null for "not known".
std::int64_t as_ms(Clock::duration duration);
Json until_ms(TimePoint until, TimePoint now);

/// `starting|ready|degraded|draining`.
std::string_view state_name(const Sources& sources);

/// Looks at everything that can be wrong and tells the health tracker. Called before each view and now and then.
void update_health(const Sources& sources);

}  // namespace tidegate::control
