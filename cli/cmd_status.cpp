#include <chrono>
#include <thread>

#include <sys/ioctl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/output.h"
#include "cli/render_status.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

constexpr std::chrono::seconds kRefresh{1};

std::size_t terminal_rows() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row : 24;
}

// Paints over what is there instead of clearing first, so that nothing flickers; lines beyond the last row are left
// out.
std::string as_screen(const std::string& text, std::size_t rows) {
  std::string out = "\x1b[H";
  std::size_t used = 0;
  for (std::size_t begin = 0; begin < text.size() && ++used < rows;) {
    const auto end = text.find('\n', begin);
    out += text.substr(begin, end - begin) + "\x1b[K\n";
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return out + "\x1b[J";
}

std::string one_look(const ControlClient& client, const StatusCommand& command, const Context& context) {
  const auto body = client.get("/v1/status");
  return command.json ? body + "\n" : render_status(parse_answer(body), make_view(context));
}

// Goes on when the daemon is away: it is watched because something is about to change.
[[noreturn]] void watch(const StatusCommand& command, const Context& context) {
  const ControlClient client(context);
  const bool screen = context.out_is_terminal && !command.json;
  if (screen) print("\x1b[2J");
  for (bool first = true;; first = false) {
    std::string look;
    try {
      look = one_look(client, command, context);
    } catch (const Unreachable& failure) {
      if (!screen) complain(failure.what());
      if (screen)
        for (const auto& line : wrap(failure.what(), make_view(context).width)) look += line + "\n";
    }
    if (screen)
      print(as_screen(look, terminal_rows()));
    else if (!look.empty())
      print((first || command.json ? "" : "\n") + look);
    std::this_thread::sleep_for(kRefresh);
  }
}

}  // namespace

int run(const StatusCommand& command, const Context& context) {
  if (command.watch) watch(command, context);
  const auto body = ControlClient(context).get("/v1/status");
  const auto status = parse_answer(body);
  if (command.json)
    print_line(body);
  else
    print(render_status(status, make_view(context)));
  return health_exit_code(status);
}

}  // namespace tidegate::cli
