#include "tests/support/sim/router.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/ascii.h"
#include "tests/support/sim/chat_completions.h"
#include "tests/support/sim/digest.h"
#include "tests/support/sim/echo.h"
#include "tests/support/sim/embeddings.h"
#include "tests/support/sim/error_answers.h"
#include "tests/support/sim/fault_answers.h"
#include "tests/support/sim/messages.h"
#include "tests/support/sim/models.h"
#include "tests/support/sim/raw_streams.h"
#include "tests/support/sim/responses.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kMaxKeyWindows = 10'000;  ///< then all begin anew

std::optional<Api> text_api(const Request& request) {
  if (request.method != "POST") return std::nullopt;
  const auto path = request.path();
  if (path == "/v1/chat/completions") return Api::chat;
  if (path == "/v1/responses") return Api::responses;
  if (path == "/v1/messages") return Api::messages;
  return std::nullopt;
}

Json parse_body(const Request& request) { return Json::parse(request.body, nullptr, false); }

std::string model_in(const Json& body) {
  const auto found = body.is_object() ? body.find("model") : body.end();
  return body.is_object() && found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Reply make_reply(Api api, const Prompt& prompt, const ReplyShape& shape) {
  if (api == Api::chat) return chat_reply(prompt, shape);
  return api == Api::responses ? responses_reply(prompt, shape) : messages_reply(prompt, shape);
}

}  // namespace

bool is_observation(const Request& request) {
  const auto path = request.path();
  return path == "/stats" || path == "/stats/reset" || path == "/last" || path.starts_with("/raw/");
}

Router::Router(Options options) : options_(std::move(options)) {}

Answer Router::handle(const std::shared_ptr<const Request>& request, RateWindow::Time now) {
  if (is_observation(*request)) return observe(*request);
  last_ = request;
  return serve(*request, now);
}

Answer Router::observe(const Request& request) {
  const auto path = request.path();
  const bool reset = path == "/stats/reset";
  if (request.method != (reset ? "POST" : "GET")) return error_answer(request, 405, default_message(405));
  if (path == "/last")
    return last_ ? text_answer(200, echo_body(*last_, true)) : error_answer(request, 404, "no request yet");
  if (path.starts_with("/raw/")) {
    auto stream = raw_stream(path.substr(5));
    return stream ? text_answer(200, std::move(*stream)) : error_answer(request, 404, default_message(404));
  }
  if (reset) {
    stats_.reset();
    fault_book_.clear();
    key_windows_.clear();
    server_window_ = {};
  }
  return text_answer(200, to_text(stats_.to_json()));
}

bool Router::key_is_right(const Request& request) const {
  if (!options_.check_key || !request.path().starts_with("/v1")) return true;
  return request.api_key() == options_.api_key;
}

Answer Router::wrong_key(const Request& request) const {
  const auto key = request.api_key();
  if (!key) return error_answer(request, 401, "You didn't provide an API key.");
  return error_answer(request, 401, fmt::format("Incorrect API key provided: {}.", *key));
}

std::optional<Answer> Router::over_limit(const Request& request, RateWindow& window, RateWindow::Time now,
                                         std::uint64_t limit, Headers& headers) {
  const auto verdict = window.take(now, limit);
  const auto wait_ms = verdict.until_next.count();
  headers.emplace_back("x-ratelimit-limit-requests", std::to_string(limit));
  headers.emplace_back("x-ratelimit-remaining-requests", std::to_string(verdict.remaining));
  headers.emplace_back("x-ratelimit-reset-requests", fmt::format("{}ms", wait_ms));
  if (verdict.allowed) return std::nullopt;
  auto answer = error_answer(request, 429, fmt::format("Rate limit reached: {} requests per minute.", limit));
  headers.emplace_back("Retry-After", std::to_string((wait_ms + 999) / 1000));
  headers.emplace_back("retry-after-ms", std::to_string(wait_ms));
  answer.headers = std::move(headers);
  return answer;
}

Result<Faults> Router::faults_of(const Request& request, std::string_view model) {
  const auto header = request.header("x-sim-fault");
  const auto text = header ? header : faults_in_model(model);
  if (!text) return Faults{};
  const auto groups = parse_faults(*text);
  if (!groups) return groups.error();
  return fault_book_.choose(request.header("x-sim-key").value_or(model), *groups);
}

Answer Router::with_faults(const Request& request, Faults faults, RateWindow::Time now,
                           const std::function<Answer(const Faults&)>& right_answer) {
  Headers limits;
  std::optional<Answer> answer;
  if (faults.per_minute) {
    if (key_windows_.size() >= kMaxKeyWindows) key_windows_.clear();
    auto& window = key_windows_[std::string(request.header("x-sim-key").value_or(request.api_key().value_or("")))];
    answer = over_limit(request, window, now, *faults.per_minute, limits);
  }
  if (!answer) {
    answer = replacing_answer(request, faults);
    if (!answer) answer = right_answer(faults);
    std::move(limits.begin(), limits.end(), std::back_inserter(answer->headers));
    dress_answer(*answer, request, faults);
  }
  answer->token_delay = faults.token_delay.value_or(options_.token_delay);
  answer->first_token_delay = faults.first_token_delay.value_or(options_.first_token_delay);
  answer->faults = std::make_shared<const Faults>(std::move(faults));
  return std::move(*answer);
}

Answer Router::serve(const Request& request, RateWindow::Time now) {
  if (!key_is_right(request)) return wrong_key(request);
  if (options_.rate_limit > 0) {
    Headers headers;
    if (auto refused = over_limit(request, server_window_, now, options_.rate_limit, headers))
      return std::move(*refused);
  }
  if (const auto api = text_api(request)) return serve_text(request, *api, now);
  const auto model = request.body.starts_with("{") ? model_in(parse_body(request)) : std::string();
  auto faults = faults_of(request, model);
  if (!faults) return error_answer(request, 400, faults.error().message);
  return with_faults(request, std::move(*faults), now, [&](const Faults& f) { return serve_other(request, f); });
}

Answer Router::serve_text(const Request& request, Api api, RateWindow::Time now) {
  const bool told_by_header = request.header("x-sim-fault").has_value();
  const auto path = request.path();
  if (const auto* known = told_by_header ? nullptr : replies_.find(path, request.body)) {
    auto answer = reply_answer(*known);
    answer.token_delay = options_.token_delay;
    answer.first_token_delay = options_.first_token_delay;
    return answer;
  }
  const auto body = parse_body(request);
  const auto model = model_in(body);
  auto faults = faults_of(request, model);
  if (!faults) return error_answer(request, 400, faults.error().message);
  const bool plain = !told_by_header && !faults_in_model(model);
  return with_faults(request, std::move(*faults), now, [&](const Faults& f) {
    if (body.is_discarded()) return error_answer(request, 400, "We could not parse the JSON body of your request.");
    const auto prompt = read_prompt(api, body);
    if (!prompt) return error_answer(request, 400, prompt.error().message);
    const auto id = fmt::format("{:016x}", stable_hash(request.body, options_.seed));
    const auto reply = make_reply(api, *prompt, ReplyShape{id, options_.tokens, options_.seed, &f});
    if (plain) replies_.put(path, request.body, reply);
    return reply_answer(reply);
  });
}

Answer Router::serve_other(const Request& request, const Faults& faults) {
  const auto path = request.path();
  const bool anthropic = request.header("anthropic-version").has_value();
  constexpr std::string_view kModel = "/v1/models/";
  if (path == "/v1/models" && request.method == "GET") return text_answer(200, models_body(options_.models, anthropic));
  if (path.starts_with(kModel) && request.method == "GET") {
    const auto id = path.substr(kModel.size());
    auto body = model_body(options_.models, id, anthropic);
    if (body) return text_answer(200, std::move(*body));
    return error_answer(request, 404, fmt::format("The model '{}' does not exist", printable(id)));
  }
  if (path == "/v1/embeddings" && request.method == "POST") {
    const auto body = embeddings_body(parse_body(request), options_.seed);
    return body ? text_answer(200, *body) : error_answer(request, 400, body.error().message);
  }
  if (path == "/v1/messages/count_tokens" && request.method == "POST") {
    const auto prompt = read_prompt(Api::messages, parse_body(request));
    if (!prompt) return error_answer(request, 400, prompt.error().message);
    return text_answer(200, to_text(Json{{"input_tokens", prompt->input_tokens}}));
  }
  if (!path.starts_with("/v1") && !path.starts_with("/echo")) return error_answer(request, 404, default_message(404));
  if (!faults.size) return text_answer(200, echo_body(request, false));
  auto filler = std::make_shared<const LongBody>(
      LongBody{"", SampleText::filler(*faults.size, faults.chunk.value_or(16'384)), ""});
  auto answer = source_answer(long_body_source(filler), faults.size);
  answer.content_type = "application/octet-stream";
  return answer;
}

}  // namespace tidegate::sim
