#include "cli/render_health.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

using nlohmann::json;

TEST(RenderHealth, NothingAndSomething) {
  const View view{Painter{}, *parse_rfc3339("2026-07-01T12:00:10Z"), "", 80};
  EXPECT_EQ(render_health(json::parse(R"({"state":"ready","health":[]})"), view),
            "Gateway      ready\nHealth       nothing to report\n");
  EXPECT_EQ(render_health(json::parse(R"({"state":"ready","health":[{"summary":"x"}]})"), view),
            "Gateway      ready\nHealth       info: x\n");
}

}  // namespace
}  // namespace tidegate::cli
