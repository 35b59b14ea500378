#include "tests/support/sim/raw_streams.h"

#include <algorithm>
#include <array>

namespace tidegate::sim {
namespace {

constexpr std::string_view kDelta =
    R"({"id":"chatcmpl-raw","object":"chat.completion.chunk","created":1750000000,"model":"raw","choices":[{"index":0,"delta":{"content":"tide "},"finish_reason":null}]})";
constexpr std::string_view kFinish =
    R"({"id":"chatcmpl-raw","object":"chat.completion.chunk","created":1750000000,"model":"raw","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";

std::string lines_ending_in(std::string_view newline) {
  std::string out;
  for (const auto data : {kDelta, kDelta, kFinish, std::string_view("[DONE]")}) {
    out += "data: ";
    out += data;
    out += newline;
    out += newline;
  }
  return out;
}

std::string lf() { return lines_ending_in("\n"); }
std::string cr() { return lines_ending_in("\r"); }
std::string crlf() { return lines_ending_in("\r\n"); }
std::string bom() { return "\xef\xbb\xbf" + lf(); }
std::string mixed() {
  return "data: " + std::string(kDelta) + "\r\r\ndata: " + std::string(kDelta) + "\n\rdata:" + std::string(kFinish) +
         "\r\n\n" + "data: [DONE]\r\n\r\n";
}
std::string comments() {
  return ": OPENROUTER PROCESSING\n\n:\n:\xc3\xa4\n\nretry: 1000\nid: 7\nevent:\n" + lf() + ": behind the end\n\n";
}
/// One event in several data lines, without a blank behind some of the colons, and a field that nobody knows.
std::string multiline() {
  return "data: {\"id\":\"chatcmpl-raw\",\ndata:\"object\":\"chat.completion.chunk\",\"created\":1750000000,\ndata: "
         "\"model\":\"raw\",\"choices\":[]}\nunknown: field\n\ndata\n\n" +
         lf();
}
std::string long_line() {
  constexpr std::size_t kMebibyte = 1'048'576;
  std::string text;
  while (text.size() < kMebibyte) text += "0123456789abcdef";
  return R"(data: {"id":"chatcmpl-raw","object":"chat.completion.chunk","created":1750000000,"model":"raw","choices":[{"index":0,"delta":{"content":")" +
         text + "\"},\"finish_reason\":null}]}\n\n" + lf();
}
/// Multi-byte characters, a NUL, a byte that is no UTF-8, and a last event without its empty line.
std::string bytes() {
  std::string out = "data: {\"choices\":[{\"delta\":{\"content\":\"\xe6\xb5\x81\xf0\x9f\x8c\x8a\"}}]}\n\ndata: ";
  out += '\0';
  out += "\xff\xfe\n\n";
  return out + lf() + "data: no end";
}

struct Row {
  std::string_view name;
  std::string (*make)();
};
constexpr std::array kRows{Row{"lf", lf},
                           Row{"cr", cr},
                           Row{"crlf", crlf},
                           Row{"mixed", mixed},
                           Row{"bom", bom},
                           Row{"comments", comments},
                           Row{"multiline", multiline},
                           Row{"long-line", long_line},
                           Row{"bytes", bytes}};

std::string all() {
  std::string out;
  for (const auto& row : kRows) out += row.make();
  return out;
}

}  // namespace

std::vector<std::string_view> raw_stream_names() {
  std::vector<std::string_view> names;
  for (const auto& row : kRows) names.push_back(row.name);
  names.emplace_back("all");
  return names;
}

std::optional<std::string> raw_stream(std::string_view name) {
  if (name == "all") return all();
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.name == name; });
  if (row == kRows.end()) return std::nullopt;
  return row->make();
}

}  // namespace tidegate::sim
