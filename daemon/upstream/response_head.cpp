#include "daemon/upstream/response_head.h"

#include "common/ascii.h"

namespace tidegate::upstream {
namespace {

Error refuse(std::string why) { return {ErrorCode::upstream_protocol, "the proxy's answer is not valid HTTP: " + why}; }

}  // namespace

std::string_view ResponseHead::find(std::string_view name) const noexcept {
  for (const auto& header : headers)
    if (iequals(header.name, name)) return header.value;
  return {};
}

void ResponseHeadParser::clear() {
  head_ = {};
  spans_.clear();
  seen_ = 0;
  complete_ = false;
}

std::optional<Error> ResponseHeadParser::line(std::string_view text) {
  if (complete_) return std::nullopt;
  seen_ += text.size();
  if (seen_ > kMaxHead) return refuse("its head is over 64 KiB");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) return finish();
  // Name, value and reason go on to the client, where these would break lines.
  if (text.find('\0') != text.npos || text.find('\r') != text.npos || text.find('\n') != text.npos)
    return refuse("a control byte in its head");
  if (istarts_with(text, "HTTP/")) {
    if (head_.status >= 200) return refuse("a second status line");
    return status_line(text);
  }
  if (head_.status < 200) return std::nullopt;  // fields of an informational head

  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return refuse("a header line without a name");
  if (spans_.size() >= kMaxHeaders) return refuse("more than 256 header fields");
  const auto name = text.substr(0, colon);
  if (name.find_first_of(" \t") != std::string_view::npos) return refuse("a blank in a header field's name");
  const auto value = trim(text.substr(colon + 1));
  if (spans_.empty()) {
    head_.raw.reserve(kUsualHead);
    spans_.reserve(kUsualHeaders);
  }
  spans_.push_back({head_.raw.size(), name.size(), head_.raw.size() + name.size(), value.size()});
  head_.raw.append(name).append(value);
  return framing(name, value);
}

std::optional<Error> ResponseHeadParser::status_line(std::string_view text) {
  // HTTP/1.1 200 OK, HTTP/2 200
  const auto space = text.find(' ');
  const auto rest = space == std::string_view::npos ? std::string_view() : trim(text.substr(space + 1));
  const auto digits = rest.substr(0, rest.find(' '));
  const auto status = parse_u64(digits);
  if (!status || digits.size() != 3 || *status < 100 || *status > 599 || *status == 101)
    return refuse("status '" + printable(rest, 20) + "'");
  head_.http_version = istarts_with(text, "HTTP/1.0") ? "1.0" : istarts_with(text, "HTTP/1") ? "1.1" : "2";
  head_.status = static_cast<int>(*status);
  head_.reason = rest.find(' ') == std::string_view::npos ? "" : std::string(trim(rest.substr(rest.find(' '))));
  return std::nullopt;
}

std::optional<Error> ResponseHeadParser::framing(std::string_view name, std::string_view value) {
  if (iequals(name, "content-length")) {
    const auto length = parse_u64(value);
    if (!length) return refuse("Content-Length is not a number");
    if (head_.content_length && head_.content_length != length) return refuse("contradictory Content-Length");
    head_.content_length = length;
  } else if (iequals(name, "transfer-encoding")) {
    if (!iequals(value, "chunked")) return refuse("Transfer-Encoding is not 'chunked'");
    head_.chunked = true;
  }
  if (head_.chunked && head_.content_length) return refuse("both Content-Length and Transfer-Encoding");
  return std::nullopt;
}

std::optional<Error> ResponseHeadParser::finish() {
  if (head_.status < 200) return std::nullopt;  // the end of an informational head
  const std::string_view raw = head_.raw;
  head_.headers.reserve(spans_.size());
  for (const auto& span : spans_)
    head_.headers.push_back({raw.substr(span.name, span.name_size), raw.substr(span.value, span.value_size)});
  head_.close_delimited = head_.http_version != "2" && !head_.chunked && !head_.content_length && head_.status != 204 &&
                          head_.status != 304;
  complete_ = true;
  return std::nullopt;
}

}  // namespace tidegate::upstream
