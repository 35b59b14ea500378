#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/text.h"

namespace tidegate::cli {

namespace {

Context make_context(const std::string& program, const Options& options) {
  Context context;
  context.program = program;
  context.environment = process_environment();
  context.runtime_dirs = runtime_candidates(options.runtime_dir, context.environment);
  context.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  context.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  context.paint = Painter(colors_wanted(options.color, context.out_is_terminal, context.environment));
  context.paint_err = Painter(colors_wanted(options.color, context.err_is_terminal, context.environment));
  return context;
}

int run_program_with(const std::string& program, const std::vector<std::string>& args) {
  const auto name = std::filesystem::path(program).filename().string();
  const auto parsed = parse_options(name.empty() ? "tidegate" : name, args);
  if (const auto* only = std::get_if<OnlyText>(&parsed)) {
    if (only->exit_code == kGood)
      print(only->text);
    else
      complain(only->text);
    return only->exit_code;
  }
  const auto& options = std::get<Options>(parsed);
  const auto context = make_context(program, options);
  return std::visit([&context](const auto& command) { return run(command, context); }, options.command);
}

}  // namespace
}  // namespace tidegate::cli

int main(int argc, char** argv) {
  namespace cli = tidegate::cli;
  try {
    const std::string program = argc > 0 ? argv[0] : "tidegate";
    return cli::run_program_with(program, std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const cli::Failure& failure) {
    cli::complain(failure.what());
    return failure.exit_code();
  } catch (const std::exception& error) {
    cli::complain(cli::clean(error.what()));
    return cli::kRefused;
  }
}
