#pragma once

#include <string>
#include <string_view>

#include "daemon/config/settings.h"

namespace tidegate::config {

/// SHA-256 as 64 hex digits in lower case.
std::string sha256_hex(std::string_view bytes);

/// What two gateways with the same `llm:` block have in common: over the effective values, the key hashed, so that
/// neither spelling nor the key's source matters.
std::string llm_digest(const Llm& llm);

}  // namespace tidegate::config
