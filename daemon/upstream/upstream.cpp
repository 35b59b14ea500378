#include "daemon/upstream/upstream.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/upstream/curl_transport.h"

namespace tidegate::upstream {

std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::unknown: return "unknown";
    case State::up: return "up";
    case State::down: return "down";
  }
  return "unknown";
}

Upstream::Upstream(const Executor& executor) : Upstream(executor, std::make_unique<CurlTransport>(executor)) {}

Upstream::Upstream(const Executor& executor, std::unique_ptr<Transport> transport, platform::SleepDetector sleep)
    : transport_(std::move(transport)),
      sleep_(sleep),
      tasks_(executor),
      wakeup_(executor),
      probe_wakeup_(executor),
      last_request_(Clock::now()),
      last_traffic_(Clock::now()) {}

std::shared_ptr<const PreparedOptions> Upstream::prepare(Options options) {
  return std::make_shared<const PreparedOptions>(std::move(options));
}

void Upstream::commit(std::shared_ptr<const PreparedOptions> options, std::chrono::milliseconds keep_warm) {
  if (options_ != nullptr && options_->options().base_url != options->options().base_url) {
    models_.clear();
    latency_ = {};
    state_ = State::unknown;
    last_error_.reset();
    last_success_at_.reset();
    last_status_ = 0;
  }
  options_ = std::move(options);
  keep_warm_ = keep_warm;
  transport_->set_options(options_);
  probe_asked_ = true;
  wakeup_.notify();
}

std::unique_ptr<ResponseStream> Upstream::start(Request request, Wakeup& wakeup) {
  static constexpr std::string_view kVersionPrefix = "/v1";
  notice_sleep();
  request.target.replace(0, kVersionPrefix.size(), options_->base_path());
  const auto now = Clock::now();
  if (now - last_request_ >= kClientsAreAbout) wakeup_.notify();  // the keep-warm loop sleeps while nobody is about
  last_request_ = last_traffic_ = now;
  return transport_->start(std::move(request), wakeup);
}

void Upstream::network_changed() {
  transport_->drop_idle_connections();
  if (keep_warm_.count() > 0 && Clock::now() - last_request_ < kClientsAreAbout) {
    probe_asked_ = true;
    wakeup_.notify();
  }
  if (on_network_change) on_network_change();
}

void Upstream::notice_sleep() {
  if (sleep_.slept()) network_changed();
}

void Upstream::note_answer(int status, Clock::duration first_byte, std::string_view http_version) {
  state_ = State::up;
  http_version_ = http_version;
  last_status_ = status;
  last_traffic_ = Clock::now();
  const auto now = std::chrono::system_clock::now();
  if (status < 400) {
    latency_.add(last_traffic_, first_byte);
    last_success_at_ = now;
  } else {
    last_error_ = Report::Failure{now, fmt::format("http_{}", status), fmt::format("the proxy answered {}", status)};
  }
}

void Upstream::note_failure(const Error& error) {
  // Only a lack of connection says that the proxy is away; a broken answer came from somebody.
  if (error.code == ErrorCode::upstream_unreachable || error.code == ErrorCode::upstream_tls ||
      error.code == ErrorCode::upstream_timeout)
    state_ = State::down;
  last_error_ =
      Report::Failure{std::chrono::system_clock::now(), std::string(error_info(error.code).code), error.message};
}

Report Upstream::report() const {
  Report report;
  report.base_url = options_ != nullptr ? options_->options().base_url : "";
  report.state = state_;
  report.http_version = http_version_;
  report.last_status = last_status_;
  report.connections = transport_->counts();
  report.last_success_at = last_success_at_;
  report.last_error = last_error_;
  report.latency = latency_.percentiles(Clock::now());
  return report;
}

}  // namespace tidegate::upstream
