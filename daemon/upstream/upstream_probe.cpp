// The part of Upstream that calls the proxy without being asked: the connection opened ahead, kept warm, and the model
// list that comes with it.
#include <algorithm>

#include "common/json_text.h"

#include "daemon/upstream/upstream.h"

namespace tidegate::upstream {

void Upstream::start_keeping_warm() { tasks_.spawn(keep_warm_loop()); }

void Upstream::stop() noexcept {
  stopping_ = true;
  wakeup_.notify();
  probe_wakeup_.notify();
}

void Upstream::refresh_models() {
  if (probing_) return;
  probe_asked_ = true;
  wakeup_.notify();
}

bool Upstream::probe_due(TimePoint now) const noexcept {
  if (probe_asked_) return true;
  return keep_warm_.count() > 0 && now - last_traffic_ >= keep_warm_ && now - last_request_ < kClientsAreAbout;
}

Task<> Upstream::keep_warm_loop() {
  while (!stopping_) {
    const auto now = Clock::now();
    if (probe_due(now)) {
      probe_asked_ = false;
      co_await probe();
      continue;
    }
    // While nobody is about, the next commit(), request's refresh or stop() wakes this.
    const bool about = keep_warm_.count() > 0 && now - last_request_ < kClientsAreAbout;
    const auto pause = about ? std::max<Clock::duration>(last_traffic_ + keep_warm_ - now, std::chrono::seconds(1))
                             : Clock::duration(kClientsAreAbout);
    co_await wakeup_.wait(now + pause);
  }
}

Task<> Upstream::probe() {
  static const std::vector<Header> kHeaders{{"Accept", "application/json"}};
  Request request;
  request.method = "GET";
  request.target = options_->base_path() + "/models";
  request.headers = kHeaders;
  notice_sleep();
  probe_asked_ = false;  // this is the probe that a sleep asks for
  const auto used = options_;
  const auto started = Clock::now();
  probing_ = true;
  last_traffic_ = started;
  const auto stream = transport_->start(std::move(request), probe_wakeup_);
  std::string body;
  std::string piece;
  std::optional<Clock::duration> first_byte;
  while (!stopping_) {
    if (stream->available() > 0) {
      if (!first_byte) first_byte = Clock::now() - started;
      stream->take(piece);
      body += piece;
      if (body.size() > ModelsCache::kMaxBytes) break;
      continue;
    }
    if (stream->done()) break;
    co_await probe_wakeup_.wait();
  }
  probing_ = false;
  if (stopping_ || used != options_) co_return;  // an answer of the old address says nothing of the new one
  if (const auto* head = stream->head()) {
    note_answer(head->status, first_byte.value_or(Clock::now() - started), head->http_version);
    if (head->status == 200 && stream->done() && stream->error() == nullptr && is_json(body))
      models_.store(Clock::now(), {std::string(head->find("content-type")), std::move(body)});
  } else if (stream->error() != nullptr) {
    note_failure(*stream->error());
  }
}

}  // namespace tidegate::upstream
