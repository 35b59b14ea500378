#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/chat_answer.h"
#include "cli/chat_request.h"
#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/failure.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/text.h"

namespace tidegate::cli {
namespace {

using std::chrono::steady_clock;

// After the terminal event the end of the transfer follows at once; a proxy that forgets it is not waited for.
constexpr std::chrono::milliseconds kGrace{500};

// Everything between the request and the last line. libcurl calls take(), so nothing in here throws.
class Conversation {
 public:
  explicit Conversation(const Context& context)
      : context_(context),
        answer_([this](std::string_view piece) { show(piece); }),
        reader_([this](const SseEvent& e) { answer_.on_event(e); }) {}

  bool take(std::string_view bytes) {
    if (!reader_.feed(bytes)) too_large_ = true;
    if (answer_.over() && !over_since_) over_since_ = steady_clock::now();
    return !too_large_ && write_error_ == 0;
  }
  bool enough() const { return interrupted() || (over_since_ && steady_clock::now() - *over_since_ > kGrace); }

  ChatAnswer& answer() { return answer_; }
  bool too_large() const { return too_large_; }
  int write_error() const { return write_error_; }
  double seconds() const { return std::chrono::duration<double>(steady_clock::now() - start_).count(); }

  // The shell's prompt and our lines begin on a line of their own.
  void end_text() {
    if (write_error_ == 0 && !answer_.ends_with_newline()) try_print("\n");
  }

 private:
  // A file or pipe gets the model's text as it is; a terminal must not be steered by it.
  void show(std::string_view piece) {
    const bool shown = context_.out_is_terminal ? try_print(clean_block(piece)) : try_print(piece);
    if (!shown && write_error_ == 0) write_error_ = errno;
  }

  const Context& context_;
  ChatAnswer answer_;
  SseReader reader_;
  steady_clock::time_point start_ = steady_clock::now();
  std::optional<steady_clock::time_point> over_since_;
  bool too_large_ = false;
  int write_error_ = 0;
};

[[noreturn]] void fail(const HttpReply& reply, const std::string& why) {
  throw Failure(kRefused, why + (reply.request_id.empty() ? "" : fmt::format(" [request {}]", reply.request_id)));
}

// An answer that came in one piece, because it was asked for so or because the proxy does not stream.
void take_body(const HttpReply& reply, const ChatCommand& command, Conversation& talk) {
  if (reply.end != HttpEnd::complete) return;
  const auto body = nlohmann::json::parse(reply.body, nullptr, false);
  if (!body.is_object()) fail(reply, "the answer is no JSON: " + clean(reply.body, 80));
  if (!command.json) {
    talk.answer().on_body(body);
    return;
  }
  print_line(reply.body);
}

std::string cut_line(const HttpReply& reply, Conversation& talk) {
  if (reply.status == 0) return "the gateway hung up without an answer";
  const char* shown = talk.answer().has_text() ? ": what is shown is not all of it" : "";
  return fmt::format("the answer was cut off{} ({})", shown, clean(reply.trouble));
}

void check(const HttpReply& reply, const ChatCommand& command, Conversation& talk) {
  if (talk.write_error() != 0)
    fail(reply, std::string("cannot write to standard output: ") + std::strerror(talk.write_error()));
  if (talk.too_large() || reply.end == HttpEnd::too_large) fail(reply, "the answer is too large");
  // A stream that said all and was then cut is whole; what says so is its terminal event, not the end of the transfer.
  const auto trouble = talk.answer().trouble();
  if (reply.streamed && !trouble) return;
  if (reply.streamed && talk.answer().over()) fail(reply, *trouble);
  if (reply.end != HttpEnd::complete) fail(reply, cut_line(reply, talk));
  if (trouble && !command.json) fail(reply, *trouble);
}

void tell_figures(const Context& context, Conversation& talk) {
  const auto& answer = talk.answer();
  auto line = fmt::format("{}, {:.1f} s", answer.model().empty() ? "model unknown" : answer.model(), talk.seconds());
  if (answer.tokens_in()) line += fmt::format(", {} tokens in", grouped(*answer.tokens_in()));
  if (answer.tokens_out()) line += fmt::format(", {} tokens out", grouped(*answer.tokens_out()));
  std::fputs((context.paint_err(Tone::dim, line) + "\n").c_str(), stderr);
}

}  // namespace

int run(const ChatCommand& command, const Context& context) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/chat/completions";
  request.body = chat_body(command, chat_text(command));
  const InterruptGuard guard;
  Conversation talk(context);
  request.on_stream = [&talk](std::string_view bytes) { return talk.take(bytes); };
  request.cancelled = [&talk] { return talk.enough(); };
  const auto reply = send(context, kApiSocketName, request);
  if (interrupted()) {
    talk.end_text();
    return kInterrupted;
  }
  if (reply.status != 0 && reply.status / 100 != 2 && reply.end == HttpEnd::complete)
    fail(reply, fmt::format("{} (HTTP {})", refusal_line(reply), reply.status));
  if (!reply.streamed) take_body(reply, command, talk);
  talk.end_text();
  check(reply, command, talk);
  if (const auto remark = talk.answer().remark(); !remark.empty()) complain(remark);
  if (command.verbose || (context.err_is_terminal && !command.json)) tell_figures(context, talk);
  return kGood;
}

}  // namespace tidegate::cli
