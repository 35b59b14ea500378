#include "tests/support/sim/embeddings.h"

#include <bit>
#include <iterator>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/support/sim/digest.h"
#include "tests/support/sim/prompt.h"

namespace tidegate::sim {
namespace {

constexpr std::uint64_t kDefaultDimensions = 1536;

/// Each input as the text that its vector is made from: texts and lists of token numbers alike.
std::vector<std::string> inputs_of(const Json& input) {
  if (input.is_string()) return {input.get<std::string>()};
  if (!input.is_array() || input.empty()) return {};
  if (input[0].is_number()) return {to_text(input)};
  std::vector<std::string> out;
  for (const auto& one : input) out.push_back(one.is_string() ? one.get<std::string>() : to_text(one));
  return out;
}

/// The value at `index`: a multiple of 1/32768 between -1/16 and 1/16, so that text and binary form are the same float.
float component(std::uint64_t hash, std::uint64_t index) {
  const auto bits = static_cast<int>(mix(hash + index) >> 52);
  return static_cast<float>(bits - 2048) / 32'768.0F;
}

void append_vector(std::string& out, std::uint64_t hash, std::uint64_t dimensions, bool as_base64) {
  if (!as_base64) {
    for (std::uint64_t i = 0; i < dimensions; ++i)
      fmt::format_to(std::back_inserter(out), "{}{}", i == 0 ? "[" : ",", component(hash, i));
    out += ']';
    return;
  }
  std::string bytes;
  for (std::uint64_t i = 0; i < dimensions; ++i) {
    const auto word = std::bit_cast<std::uint32_t>(component(hash, i));
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(word >> shift & 255U);
  }
  out += '"';
  out += base64(bytes);
  out += '"';
}

}  // namespace

Result<std::string> embeddings_body(const Json& request, std::uint64_t seed) {
  const auto refuse = [](const char* message) { return Error{ErrorCode::bad_request, message}; };
  if (!request.is_object() || !request.contains("model") || !request["model"].is_string())
    return refuse("you must provide a model parameter");
  const auto inputs = request.contains("input") ? inputs_of(request["input"]) : std::vector<std::string>();
  if (inputs.empty()) return refuse("'input' must be a text or a list that is not empty");
  const auto wanted = request.find("dimensions");
  if (wanted != request.end() && !wanted->is_number_unsigned()) return refuse("'dimensions' must be a number");
  const auto dimensions = wanted == request.end() ? kDefaultDimensions : wanted->get<std::uint64_t>();
  if (dimensions < 1 || dimensions > kMaxDimensions) return refuse("'dimensions' must be 1 to 4096");
  const auto format = request.find("encoding_format");
  const bool as_base64 = format != request.end() && *format == "base64";

  std::string out = R"({"object":"list","data":[)";
  std::uint64_t tokens = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tokens += count_tokens(inputs[i]);
    out += fmt::format(R"({}{{"object":"embedding","index":{},"embedding":)", i == 0 ? "" : ",", i);
    append_vector(out, stable_hash(inputs[i], seed), dimensions, as_base64);
    out += '}';
  }
  out += fmt::format(R"(],"model":{},"usage":{{"prompt_tokens":{},"total_tokens":{}}}}})", to_text(request["model"]),
                     tokens, tokens);
  return out;
}

}  // namespace tidegate::sim
