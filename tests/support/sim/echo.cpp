#include "tests/support/sim/echo.h"

#include <nlohmann/json.hpp>

#include "tests/support/sim/digest.h"
#include "tests/support/sim/json_text.h"

namespace tidegate::sim {

std::string echo_body(const Request& request, bool with_body) {
  auto headers = Json::array();
  for (const auto& [name, value] : request.headers) headers.push_back(Json::array({name, value}));
  Json out{{"method", request.method},
           {"target", request.target},
           {"headers", std::move(headers)},
           {"body_size", request.body.size()},
           {"body_sha256", sha256_hex(request.body)}};
  if (with_body) out["body"] = request.body;
  return to_text(out);
}

}  // namespace tidegate::sim
