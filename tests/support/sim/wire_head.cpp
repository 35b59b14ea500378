#include "tests/support/sim/wire_head.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "tests/support/sim/error_answers.h"

namespace tidegate::sim {
namespace {

constexpr std::string_view kBody = R"({"id":"broken","object":"chat.completion","choices":[]})";

/// Fields of 1000 bytes until `bytes` are reached.
void append_padding(std::string& head, std::uint64_t bytes) {
  constexpr std::uint64_t kField = 1'000;
  for (std::uint64_t number = 0; bytes > 0; ++number) {
    auto field = fmt::format("X-Sim-Padding-{}: ", number);
    field.resize(std::max<std::size_t>(field.size(), static_cast<std::size_t>(std::min(bytes, kField)) - 2), 'p');
    head += field;
    head += "\r\n";
    bytes -= std::min<std::uint64_t>(bytes, field.size() + 2);
  }
}

}  // namespace

std::string head_text(const Answer& answer, Framing framing, bool keep_alive, std::string_view date,
                      std::string_view id) {
  std::string head;
  head.reserve(384);
  const auto out = std::back_inserter(head);
  fmt::format_to(
      out, "HTTP/1.1 {} {}\r\nDate: {}\r\nServer: tidegate-sim\r\nContent-Type: {}\r\nx-request-id: req_sim_{}\r\n",
      answer.status, reason_phrase(answer.status), date, answer.content_type, id);
  for (const auto& [name, value] : answer.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  if (answer.faults && answer.faults->big_head) append_padding(head, *answer.faults->big_head);
  if (framing == Framing::length) fmt::format_to(out, "Content-Length: {}\r\n", answer.length.value_or(0));
  if (framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (answer.faults && answer.faults->trailers) head += "Trailer: X-Sim-Trailer\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

std::optional<std::string> broken_answer(const Faults& faults) {
  const auto with_fields = [](std::string_view status, std::string_view fields) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\n{}\r\n{}", status, fields, kBody);
  };
  if (faults.http09) return std::string(kBody);
  if (faults.bad_status) return with_fields(*faults.bad_status, fmt::format("Content-Length: {}\r\n", kBody.size()));
  if (faults.negative_length) return with_fields("200 OK", "Content-Length: -5\r\n");
  if (faults.double_length)
    return with_fields("200 OK",
                       fmt::format("Content-Length: {}\r\nContent-Length: {}\r\n", kBody.size(), kBody.size() - 7));
  if (faults.endless_head) return std::string("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
  return std::nullopt;
}

std::string endless_field(std::uint64_t number) {
  return fmt::format("X-Sim-Endless-{}: {}\r\n", number, std::string(900, 'e'));
}

}  // namespace tidegate::sim
