#include "cli/commands.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace tidegate::cli {
namespace {

TEST(MakeView, TakesHomeColoursAndTheTime) {
  Context context;
  context.environment = [](const char* name) {
    return std::string(name) == "HOME" ? std::optional<std::string>("/users/ann") : std::nullopt;
  };
  context.paint = Painter(true);
  const auto before = std::chrono::system_clock::now();
  const auto view = make_view(context);
  EXPECT_EQ(view.home, "/users/ann");
  EXPECT_TRUE(view.paint.on());
  EXPECT_EQ(view.width, 80U);
  EXPECT_GE(view.now, before);
}

}  // namespace
}  // namespace tidegate::cli
