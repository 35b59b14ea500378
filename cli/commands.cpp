#include "cli/commands.h"

#include <chrono>

namespace tidegate::cli {

View make_view(const Context& context) {
  return View{context.paint, std::chrono::system_clock::now(), home_dir(context.environment).string()};
}

}  // namespace tidegate::cli
