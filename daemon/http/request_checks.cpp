#include "daemon/http/request_checks.h"

#include <algorithm>

#include "common/ascii.h"
#include "daemon/http/limits.h"

namespace tidegate::http {
namespace {

Error bad(std::string why) { return Error{ErrorCode::bad_request, std::move(why)}; }

// Names that differ from a framing field only by characters that other parsers fold away: `content_length`.
bool looks_like_framing(std::string_view name) {
  if (name.find('_') == std::string_view::npos) return false;
  std::string folded(name);
  std::replace(folded.begin(), folded.end(), '_', '-');
  return iequals(folded, "content-length") || iequals(folded, "transfer-encoding") || iequals(folded, "host");
}

Result<Ok> check_framing(RequestHead& head) {
  int lengths = 0;
  int encodings = 0;
  for (const auto& [name, value] : head.headers) {
    if (looks_like_framing(name)) return bad("header field '" + printable(name) + "' imitates a framing field");
    if (iequals(name, "content-length")) {
      ++lengths;
      head.content_length = is_digit(value.empty() ? 'x' : value.front()) ? parse_u64(value) : std::nullopt;
      if (!head.content_length) return bad("Content-Length is not a number");
    } else if (iequals(name, "transfer-encoding")) {
      ++encodings;
      if (!iequals(value, "chunked")) return bad("Transfer-Encoding is not exactly 'chunked'");
      head.chunked = true;
    }
  }
  if (lengths > 1) return bad("more than one Content-Length");
  if (encodings > 1) return bad("more than one Transfer-Encoding");
  if (lengths > 0 && encodings > 0) return bad("both Content-Length and Transfer-Encoding");
  if (encodings > 0 && head.version == 10) return bad("Transfer-Encoding in HTTP/1.0");
  return Ok{};
}

// A host and an optional port; user info and everything that could end the authority are refused.
bool valid_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '.' || c == '-' || c == '_' ||
           c == ':' || c == '[' || c == ']';
  });
}

Result<Ok> check_host(RequestHead& head) {
  int hosts = 0;
  for (const auto& [name, value] : head.headers)
    if (iequals(name, "host")) {
      ++hosts;
      head.host = value;
    }
  if (hosts > 1) return bad("more than one Host");
  if (hosts == 0 && head.version == 11) return bad("no Host");
  if (hosts == 1 && !valid_host(head.host)) return bad("Host is not a host name");
  return Ok{};
}

// `.` or `..` between slashes, percent-encoded or not: the path would leave the folder that its prefix names, at
// whoever normalises it (RFC 3986 §5.2.4). No client sends one; all normalise before.
bool has_dot_segment(std::string_view path) {
  constexpr std::size_t kLongestDotSegment = 6;  // %2e%2e
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    std::string segment(path.substr(0, std::min(end, kLongestDotSegment + 1)));
    for (auto at = segment.find('%'); at != std::string::npos; at = segment.find('%', at + 1))
      if (iequals(std::string_view(segment).substr(at, 3), "%2e")) segment.replace(at, 3, ".");
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(end);
  }
  return false;
}

Result<Ok> check_target(RequestHead& head) {
  std::string_view rest = head.target;
  if (istarts_with(rest, "http://") || istarts_with(rest, "https://")) {
    // Absolute-form (RFC 9112 §3.2.2): its authority counts, and one that contradicts Host is not worth guessing at.
    rest.remove_prefix(rest.find("//") + 2);
    const auto slash = std::min(rest.find_first_of("/?"), rest.size());
    if (!iequals(rest.substr(0, slash), head.host)) return bad("the target's authority is not the Host");
    rest.remove_prefix(slash);
    if (rest.empty()) rest = "/";
  } else if (rest == "*") {
    if (head.method != "OPTIONS") return bad("target '*' is for OPTIONS only");
  } else if (rest.empty() || rest.front() != '/') {
    return bad("the target is neither a path nor an http URL");
  }
  if (rest.find('#') != std::string_view::npos) return bad("the target has a fragment");
  const auto question = std::min(rest.find('?'), rest.size());
  head.path = rest.substr(0, question);
  head.query = rest.substr(question);
  if (has_dot_segment(head.path)) return bad("the path has a '.' or '..' segment");
  return Ok{};
}

}  // namespace

Result<Ok> check_raw_head(std::string_view raw) {
  constexpr auto kNowhere = std::string_view::npos;
  if (raw.size() > Limits::kMaxHead) return Error{ErrorCode::head_too_large, "the header block is over 64 KiB"};
  if (raw.find('\0') != kNowhere) return bad("NUL in the head");
  for (bool first_line = true; !raw.empty(); first_line = false) {
    const auto line = raw.substr(0, raw.find('\n'));
    const auto text = line.substr(0, line.find('\r'));
    if (text.size() + 1 < line.size() || (line.size() == raw.size() && text.size() < line.size()))
      return bad("CR without LF in the head");
    if (line.size() < raw.size() && text.size() == line.size()) return bad("LF without CR in the head");
    if (!first_line && !text.empty()) {
      if (text.front() == ' ' || text.front() == '\t') return bad("a folded header line (obs-fold)");
      if (text.substr(0, text.find(':')).find_first_of(" \t") != kNowhere)
        return bad("white space in a header field's name or before its colon");
    }
    raw.remove_prefix(std::min(line.size() + 1, raw.size()));
  }
  return Ok{};
}

Result<Ok> check_request(RequestHead& head) {
  if (head.version != 10 && head.version != 11) return bad("only HTTP/1.0 and HTTP/1.1 are spoken here");
  if (head.headers.size() > Limits::kMaxHeaders) return Error{ErrorCode::head_too_large, "more than 256 header fields"};
  if (auto framing = check_framing(head); !framing) return framing;
  if (auto host = check_host(head); !host) return host;
  if (auto target = check_target(head); !target) return target;

  const auto connection = head.find("connection");
  head.keep_alive = head.version == 11 ? !list_contains(connection, "close") : list_contains(connection, "keep-alive");
  if (const auto expect = head.find("expect"); expect.data() != nullptr) {
    if (!iequals(expect, "100-continue")) return Error{ErrorCode::expectation_failed, "Expect is not 100-continue"};
    head.expect_continue = head.version == 11;
  }
  return Ok{};
}

}  // namespace tidegate::http
