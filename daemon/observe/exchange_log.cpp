#include "daemon/observe/exchange_log.h"

#include <algorithm>

namespace tidegate::observe {
namespace {

// Cuts between two UTF-8 characters, so that a whole text does not become an invalid one.
void assign_bounded(std::string& to, std::string_view text) {
  std::size_t end = std::min(text.size(), ExchangeLog::kMaxText);
  if (end < text.size()) {
    for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back) --end;
  }
  to.assign(text.substr(0, end));
}

}  // namespace

std::string_view to_string(ExchangeRecord::State state) noexcept {
  using State = ExchangeRecord::State;
  switch (state) {
    case State::reading: return "reading";
    case State::queued: return "queued";
    case State::waiting: return "waiting";
    case State::streaming: return "streaming";
    case State::backing_off: return "backing_off";
  }
  return "";
}

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::succeeded: return "succeeded";
    case Outcome::failed: return "failed";
    case Outcome::cancelled: return "cancelled";
    case Outcome::truncated: return "truncated";
  }
  return "";
}

ExchangeLog::Entry ExchangeLog::begin(std::string_view id, std::string_view method, std::string_view path,
                                      TimePoint now) {
  const auto at = take_record();
  auto& record = *at;
  assign_bounded(record.id, id);
  assign_bounded(record.method, method);
  assign_bounded(record.path, path);
  for (auto* text : {&record.client, &record.model, &record.waiting_for, &record.shared_with}) text->clear();
  record.stream = false;
  record.state = ExchangeRecord::State::reading;
  record.started = now;
  record.state_since = now;
  record.deadline = TimePoint::max();
  record.attempts = 0;
  record.bytes_sent = 0;
  record.queue_position = 0;
  record.client_left = false;
  return Entry(this, at);
}

ExchangeLog::Entry ExchangeLog::begin_again(const ExchangeRecord& of) {
  const auto at = take_record();
  *at = of;
  return Entry(this, at);
}

std::list<ExchangeRecord>::iterator ExchangeLog::take_record() {
  if (spare_.empty()) {
    running_.emplace_back();
  } else {
    running_.splice(running_.end(), spare_, spare_.begin());
  }
  return std::prev(running_.end());
}

void ExchangeLog::put_back(std::list<ExchangeRecord>::iterator at) {
  if (spare_.size() < kMaxSpare) {
    spare_.splice(spare_.end(), running_, at);
  } else {
    running_.erase(at);
  }
}

std::vector<const FinishedExchange*> ExchangeLog::finished(std::size_t limit) const {
  std::vector<const FinishedExchange*> newest;
  const auto count = std::min(limit, finished_.size());
  newest.reserve(count);
  for (std::size_t back = 1; back <= count; ++back) {
    newest.push_back(&finished_[(oldest_ + finished_.size() - back) % finished_.size()]);
  }
  return newest;
}

void ExchangeLog::end(std::list<ExchangeRecord>::iterator at, ExchangeEnd end, TimePoint now,
                      std::chrono::system_clock::time_point wall_now) {
  auto slot = oldest_;
  if (finished_.size() < kMaxFinished) {
    slot = finished_.size();
    finished_.emplace_back();
  } else {
    oldest_ = (oldest_ + 1) % kMaxFinished;
  }
  auto& finished = finished_[slot];
  std::swap(finished.record, *at);  // the record that falls out lends its memory to a later exchange
  std::string error;
  assign_bounded(error, end.error);
  end.error = std::move(error);
  finished.end = std::move(end);
  finished.total_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - finished.record.started);
  finished.finished_at = wall_now;
  put_back(at);
}

ExchangeLog::Entry::~Entry() {
  if (log_ != nullptr) finish({}, Clock::now(), std::chrono::system_clock::now());
}

void ExchangeLog::Entry::enter(ExchangeRecord::State state, TimePoint now) {
  at_->state = state;
  at_->state_since = now;
  at_->waiting_for.clear();
  at_->queue_position = 0;
}

void ExchangeLog::Entry::set_client(std::string_view client) { assign_bounded(at_->client, client); }

void ExchangeLog::Entry::set_model(std::string_view model) { assign_bounded(at_->model, model); }

void ExchangeLog::Entry::set_waiting_for(std::string_view what) { assign_bounded(at_->waiting_for, what); }

void ExchangeLog::Entry::set_shared_with(std::string_view id) { assign_bounded(at_->shared_with, id); }

void ExchangeLog::Entry::replace(Entry&& other) noexcept {
  drop();
  log_ = std::exchange(other.log_, nullptr);
  at_ = other.at_;
}

void ExchangeLog::Entry::drop() noexcept {
  if (auto* log = std::exchange(log_, nullptr)) log->put_back(at_);
}

void ExchangeLog::Entry::finish(ExchangeEnd end, TimePoint now, std::chrono::system_clock::time_point wall_now) {
  if (auto* log = std::exchange(log_, nullptr)) log->end(at_, std::move(end), now, wall_now);
}

}  // namespace tidegate::observe
