#include "tests/support/sim/answer_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "tests/support/sim/wire_head.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kFaultPiece = 16 * 1024;  ///< of a whole body that is to break in the middle

const Faults& faults_of(const Answer& answer) {
  static const Faults kNone;
  return answer.faults ? *answer.faults : kNone;
}

/// What ends a body early, and after how many pieces.
struct Break {
  enum class Kind { none, reset, cut, stall, malformed } kind = Kind::none;
  std::uint64_t after = 0;
};

Break break_of(const Faults& faults) {
  if (faults.reset_after) return {Break::Kind::reset, *faults.reset_after};
  if (faults.stall_after) return {Break::Kind::stall, *faults.stall_after};
  if (faults.malformed_chunk) return {Break::Kind::malformed, *faults.malformed_chunk};
  if (faults.cut_after) return {Break::Kind::cut, *faults.cut_after};
  if (faults.close_delimited_cut) return {Break::Kind::cut, 2};
  return {};
}

Framing framing_of(const Request& request, const Answer& answer) {
  const auto& faults = faults_of(answer);
  if (answer.status == 204 || answer.status == 304) return Framing::none;
  if (faults.close_delimited || faults.close_delimited_cut) return Framing::until_close;
  const bool has_length = !answer.body || answer.length;
  const bool wants_chunks = faults.trailers || faults.malformed_chunk || !has_length;
  if (!wants_chunks) return Framing::length;
  return request.http10 ? Framing::until_close : Framing::chunked;
}

void append_framed(std::string& out, std::string_view piece, Framing framing) {
  if (framing != Framing::chunked) {
    out += piece;
  } else if (!piece.empty()) {
    fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
    out += piece;
    out += "\r\n";
  }
}

void append_end(std::string& out, Framing framing, const Faults& faults) {
  if (framing != Framing::chunked) return;
  out += faults.trailers ? "0\r\nX-Sim-Trailer: told at the end\r\n\r\n" : "0\r\n\r\n";
}

/// Sends the body; `out` holds what is still to go out before it.
class BodyWriter {
 public:
  BodyWriter(Link& link, Answer& answer, Framing framing, std::string out)
      : link_(link), answer_(answer), framing_(framing), break_(break_of(faults_of(answer))), out_(std::move(out)) {
    if (const auto missing = faults_of(answer).truncate; missing && answer.length)
      left_ = *answer.length - std::min(*missing, *answer.length);
    if (break_.kind != Break::Kind::none && answer.length)
      answer.body = split_source(std::move(answer.body), std::clamp<std::size_t>(*answer.length / 4, 1, kFaultPiece));
  }

  asio::awaitable<Ending> run(Ending good_ending) {
    for (std::uint64_t pieces = 0;; ++pieces) {
      if (break_.kind != Break::Kind::none && pieces == break_.after) break;
      const bool waited = co_await wait_for_token();
      if (!waited) co_return Ending::aborted;
      piece_.clear();
      const auto step = answer_.body->next(piece_);
      if (step.last && break_.kind != Break::Kind::none) break;  // a break that is asked for too late still comes
      const auto part =
          std::string_view(piece_).substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_.size())));
      left_ -= part.size();
      append_framed(out_, part, framing_);
      const bool cut_short = part.size() < piece_.size();
      if (step.last && !cut_short) append_end(out_, framing_, faults_of(answer_));
      const bool sent = co_await flush();
      if (!sent) co_return Ending::aborted;
      if (cut_short) co_return Ending::close;
      if (step.last) co_return good_ending;
    }
    const auto ending = co_await break_off();
    co_return ending;
  }

 private:
  asio::awaitable<bool> flush() {
    if (out_.empty()) co_return true;
    const bool sent = co_await link_.send(out_);
    out_.clear();
    co_return sent;
  }

  asio::awaitable<bool> wait_for_token() {
    if (!answer_.body->next_is_paced()) co_return true;
    const auto delay = std::exchange(first_token_, false) ? answer_.first_token_delay : answer_.token_delay;
    if (delay.count() == 0) co_return true;
    const bool sent = co_await flush();
    if (!sent) co_return false;
    const bool there = co_await link_.pause(delay);
    co_return there;
  }

  asio::awaitable<Ending> break_off() {
    if (break_.kind == Break::Kind::malformed) out_ += "zz\r\nno chunk\r\n";
    const bool sent = co_await flush();
    if (!sent) co_return Ending::aborted;
    if (break_.kind == Break::Kind::stall) {
      co_await link_.until_gone();
      co_return Ending::aborted;
    }
    co_return break_.kind == Break::Kind::reset ? Ending::reset : Ending::close;
  }

  Link& link_;
  Answer& answer_;
  Framing framing_;
  Break break_;
  std::string out_;
  std::string piece_;
  std::uint64_t left_ = UINT64_MAX;  ///< of the body's bytes, before it is truncated
  bool first_token_ = true;
};

asio::awaitable<Ending> write_broken(Link& link, const Faults& faults, const std::string& text) {
  bool there = co_await link.send(text);
  for (std::uint64_t i = 0; there && faults.endless_head; ++i) {
    const auto field = endless_field(i);
    there = co_await link.send(field);
  }
  co_return there ? Ending::close : Ending::aborted;
}

/// Sends the head byte by byte.
asio::awaitable<bool> trickle(Link& link, std::string_view head, std::chrono::milliseconds gap) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool sent = co_await link.send(head.substr(i, 1));
    if (!sent) co_return false;
    const bool there = co_await link.pause(gap);
    if (!there) co_return false;
  }
  co_return true;
}

/// What happens instead of a head; nothing where a head is to be sent.
asio::awaitable<std::optional<Ending>> before_head(Link& link, const Faults& faults) {
  if (faults.delay) {
    const bool there = co_await link.pause(*faults.delay);
    if (!there) co_return Ending::aborted;
  }
  if (faults.silence) {
    co_await link.until_gone();
    co_return Ending::aborted;
  }
  if (faults.reset) co_return Ending::reset;
  if (faults.close) co_return Ending::close;
  if (const auto text = broken_answer(faults)) {
    const auto ending = co_await write_broken(link, faults, *text);
    co_return ending;
  }
  co_return std::nullopt;
}

}  // namespace

asio::awaitable<Ending> write_answer(Link& link, const Request& request, Answer& answer, HeadFacts facts) {
  if (answer.faults) {
    const auto ended = co_await before_head(link, *answer.faults);
    if (ended) co_return *ended;
  }
  const auto framing = framing_of(request, answer);
  const bool keep_alive = facts.keep_alive && framing != Framing::until_close;
  const auto good_ending = keep_alive ? Ending::keep_alive : Ending::close;
  answer.head_sent = true;
  auto head = head_text(answer, framing, keep_alive, facts.date, facts.id);
  if (answer.faults && answer.faults->slow_head) {
    const bool sent = co_await trickle(link, head, *answer.faults->slow_head);
    if (!sent) co_return Ending::aborted;
    head.clear();
  }
  if (request.method == "HEAD" || framing == Framing::none || !answer.body) {
    const bool sent = co_await link.send(head);
    co_return sent ? good_ending : Ending::aborted;
  }
  BodyWriter body(link, answer, framing, std::move(head));
  const auto ending = co_await body.run(good_ending);
  co_return ending;
}

}  // namespace tidegate::sim
