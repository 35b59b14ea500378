// The JSON library's header takes seconds to compile: those who only need these two functions are spared it.
#include "common/json_text.h"

#include <nlohmann/json.hpp>

namespace tidegate {

std::string json_quote(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_json(std::string_view text) { return nlohmann::json::accept(text); }

}  // namespace tidegate
