#pragma once

#include <cstdint>
#include <string>

#include "common/error.h"
#include "tests/support/sim/json_text.h"

namespace tidegate::sim {

inline constexpr std::uint64_t kMaxDimensions = 4096;

/// The body of `POST /v1/embeddings`'s answer: for each input a vector made from its hash, as numbers or as base64 of
/// little-endian floats. An Error's message is what the API itself would say.
Result<std::string> embeddings_body(const Json& request, std::uint64_t seed);

}  // namespace tidegate::sim
