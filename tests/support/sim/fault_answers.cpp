#include "tests/support/sim/fault_answers.h"

#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "common/ascii.h"
#include "tests/support/sim/error_answers.h"
#include "tests/support/sim/raw_streams.h"

namespace tidegate::sim {
namespace {

constexpr std::uint64_t kRawPiece = 4096;  ///< bytes of a raw stream per chunk where nothing else is said

Answer raw_answer(const Request& request, const Faults& faults) {
  auto stream = raw_stream(*faults.raw_sse);
  if (!stream)
    return error_answer(request, 400, fmt::format("there is no raw stream '{}'", printable(*faults.raw_sse)));
  auto whole = string_source(std::make_shared<const std::string>(std::move(*stream)));
  const auto piece = static_cast<std::size_t>(faults.chunk.value_or(kRawPiece));
  auto answer = source_answer(split_source(std::move(whole), piece), std::nullopt);
  answer.content_type = "text/event-stream; charset=utf-8";
  return answer;
}

void add_hop_headers(Answer& answer) {
  answer.headers.emplace_back("Connection", "x-foo");
  answer.headers.emplace_back("X-Foo", "only for the next hop");
  answer.headers.emplace_back("Keep-Alive", "timeout=5");
  answer.headers.emplace_back("Proxy-Authenticate", "Basic realm=\"sim\"");
  answer.headers.emplace_back("Set-Cookie", "sim=1; Path=/");
}

}  // namespace

std::optional<Answer> replacing_answer(const Request& request, const Faults& faults) {
  if (faults.quote_key)
    return error_answer(request, 400,
                        fmt::format("The request with the key {} is not valid.", request.api_key().value_or("")));
  if (faults.redirect) {
    auto answer = text_answer(302, "{}");
    answer.headers.emplace_back("Location",
                                faults.redirect->empty() ? "https://127.0.0.1:9/elsewhere" : *faults.redirect);
    return answer;
  }
  if (faults.error_in_200) return text_answer(200, error_body(request.path(), 500, default_message(500)));
  if (faults.status && *faults.status >= 400)
    return error_answer(request, *faults.status, default_message(*faults.status));
  if (faults.raw_sse) return raw_answer(request, faults);
  return std::nullopt;
}

void dress_answer(Answer& answer, const Request& request, const Faults& faults) {
  if (faults.status && *faults.status < 400) answer.status = *faults.status;
  if (faults.retry_after)
    answer.headers.emplace_back("Retry-After",
                                retry_after_value(*faults.retry_after, static_cast<std::int64_t>(std::time(nullptr))));
  if (faults.retry_after_ms) answer.headers.emplace_back("Retry-After-Ms", *faults.retry_after_ms);
  if (faults.hop_headers) add_hop_headers(answer);
  if (faults.gzip && answer.body && list_contains(request.header("accept-encoding").value_or(""), "gzip")) {
    answer.headers.emplace_back("Content-Encoding", "gzip");
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    answer.body = gzip_source(std::move(answer.body));
    answer.length.reset();
  }
  if (faults.split && answer.body) {
    answer.body = split_source(std::move(answer.body), static_cast<std::size_t>(*faults.split));
    answer.length.reset();
  }
}

std::string retry_after_value(const std::string& text, std::int64_t now) {
  constexpr std::string_view kDate = "http-date";
  if (!text.starts_with(kDate)) return text;
  const auto rest = std::string_view(text).substr(kDate.size());
  const auto seconds = rest.starts_with("+") ? parse_u64(rest.substr(1)) : std::nullopt;
  return http_date(now + static_cast<std::int64_t>(seconds.value_or(2)));
}

std::string http_date(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  // The program never sets a locale, so the names are the English ones that the format wants.
  return std::string(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

}  // namespace tidegate::sim
