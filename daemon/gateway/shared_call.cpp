#include "daemon/gateway/shared_call.h"

#include <algorithm>

#include "common/ascii.h"
#include "common/json_text.h"
#include "daemon/gateway/shared_calls.h"
#include "daemon/gateway/shared_listener.h"
#include "daemon/gateway/stream_end.h"
#include "daemon/observe/logging.h"

namespace tidegate::gateway {
namespace {

// `headers` with their bytes in `store`. No compression: a later listener may not take the first one's codings.
std::vector<Header> keep_fields(const std::vector<Header>& headers, std::string& store) {
  std::vector<Header> kept;
  std::size_t size = 0;
  for (const auto& header : headers) size += header.name.size() + header.value.size();
  store.reserve(size);  // from here on its bytes stay where they are
  const auto keep = [&store](std::string_view text) {
    const auto at = store.size();
    store += text;
    return std::string_view(store).substr(at);
  };
  for (const auto& header : headers)
    if (!iequals(header.name, "accept-encoding")) kept.push_back({keep(header.name), keep(header.value)});
  return kept;
}

// The stream that `head` lives in goes away at its end.
void copy_head(const upstream::ResponseHead& head, upstream::ResponseHead& copy) {
  copy = head;
  const auto moved = [&](std::string_view text) {
    return std::string_view(copy.raw.data() + (text.data() - head.raw.data()), text.size());
  };
  for (auto& [name, value] : copy.headers) {
    name = moved(name);
    value = moved(value);
  }
}

}  // namespace

SharedCall::SharedCall(SharedCalls& owner, CallKey key, const dispatch::Exchange& first, HeldBytes held)
    : owner_(owner),
      key_(std::move(key)),
      held_(std::move(held)),
      wakeup_(owner.executor()),
      timer_(owner.executor()),
      method_(first.method),
      entry_(first.entry.alias()),
      exchange_{.id = first.id,
                .snapshot = first.snapshot,
                .method = method_,
                .target = first.target,
                .headers = keep_fields(first.headers, fields_),
                .body = first.body,
                .stream = first.stream,
                .started = first.started,
                .weight = first.weight,
                .session = first.session,
                .priority = first.priority,
                .deadline = {},  // each listener has its own
                .wakeup = wakeup_,
                .client_gone = [this] { return abandoned(); },
                .entry = entry_} {}

SharedCall::~SharedCall() { owner_.count_bytes(body_.size(), 0); }

Task<> SharedCall::run(std::shared_ptr<SharedCall> self) {
  co_await self->fetch();
  self->end();
  if (self->worth_keeping()) {
    self->keep_until(Clock::now() + self->grace());
    while (self->joinable() && (!self->listeners_.empty() || Clock::now() < self->kept_until_))
      co_await self->wakeup_.wait();
  }
  self->timer_.cancel();
  self->owner_.forget(*self);
}

Task<> SharedCall::fetch() {
  const auto shown = entry_.record().deadline;
  dispatch::Attempts attempts(owner_.dispatcher(), exchange_);
  entry_.record().deadline = shown;  // the first client's own
  Result<dispatch::Answer> answer = co_await attempts.run();
  queued_ = attempts.queued();
  if (!answer) {
    error_ = answer.error();
    co_return;
  }
  verdict_ = answer->verdict;
  advice_ = answer->advice;
  copy_head(*answer->stream->head(), head_.emplace());
  const std::string_view target = exchange_.target;
  if (is_event_stream(*head_)) judge_.emplace(upstream::dialect_of(target.substr(0, target.find('?'))));
  co_await receive(*answer->stream);
}

Task<> SharedCall::receive(upstream::ResponseStream& stream) {
  std::string piece;
  while (true) {
    if (abandoned()) {
      error_ = Error{ErrorCode::client_gone, joinable() ? "no client came back in gateway.idempotencyGrace"
                                                        : "the answer grew too long to be kept for a retry"};
      co_return;
    }
    const bool paused = !body_.replays() && body_.size() >= upstream::ResponseStream::kHighWater;
    if (stream.available() == 0 && stream.done()) break;
    if (stream.available() > 0 && !paused) {
      stream.take(piece);
      take(piece);
    } else {
      co_await wakeup_.wait();
    }
  }
  transfer_ = stream.info();
  if (stream.error() != nullptr) error_ = *stream.error();
}

void SharedCall::take(std::string_view piece) {
  const auto before = body_.size();
  body_.append(piece);
  owner_.count_bytes(before, body_.size());
  if (body_.replays() && judge_) judge_->feed(piece);
  if (body_.replays() && !owner_.room_for(*this)) stop_replaying();
  notify_listeners();
}

// The upstream has done its part: what only it needed goes, and the listeners are told.
void SharedCall::end() {
  ended_ = true;
  exchange_.body.reset();
  held_.release();
  const bool cancelled_at_once = error_ && error_->code == ErrorCode::client_gone && grace() == Clock::duration::zero();
  if (client_left_ && !cancelled_at_once) {
    observe::log_info("call without its client ended", {{"exchange", exchange_.id},
                                                        {"listeners", listeners_.size()},
                                                        {"status", head_ ? head_->status : 0},
                                                        {"attempts", entry_.record().attempts},
                                                        {"bytes", body_.end()},
                                                        {"error", error_ ? error_->message : std::string()}});
  }
  if (client_left_) entry_.drop();
  notify_listeners();
}

// A failure that a retry may mend must not be what the retry gets.
bool SharedCall::worth_keeping() {
  if (!head_ || error_ || !joinable() || verdict_ != policy::Verdict::success || head_->status >= 400) return false;
  if (!judge_) return !head_->close_delimited || is_json(body_.bytes());
  judge_->close();
  return judge_->complete() || (!judge_->knows_dialect() && !head_->close_delimited);
}

void SharedCall::join(SharedListener& listener) {
  listeners_.push_back(&listener);
  show_deadline();
}

void SharedCall::leave(SharedListener& listener) {
  std::erase(listeners_, &listener);
  if (listener.first() && !ended_) {
    // The record that the call has told of is the first one's, and ends with it.
    client_left_ = true;
    entry_.replace(owner_.exchanges().begin_again(entry_.record()));
    entry_.record().client_left = true;
    show_deadline();
  }
  if (listeners_.empty()) keep_until(Clock::now() + grace());
  was_read();
}

void SharedCall::was_read() {
  if (body_.replays() || body_.size() == 0) return;
  auto slowest = body_.end();
  for (const auto* listener : listeners_) slowest = std::min(slowest, listener->position());
  const auto before = body_.size();
  body_.trim(slowest);
  owner_.count_bytes(before, body_.size());
  if (body_.size() < before) wakeup_.notify();
}

void SharedCall::stop_replaying() {
  body_.stop_replaying();
  was_read();
  wakeup_.notify();
}

void SharedCall::stop_keeping() {
  keeping_ = false;
  if (listeners_.empty()) keep_until(Clock::now());
}

void SharedCall::drop_answer() {
  owner_.count_bytes(body_.size(), 0);
  body_.clear();
  wakeup_.notify();
}

void SharedCall::keep_until(TimePoint time) {
  kept_until_ = time;
  show_deadline();
  wakeup_.notify();
  timer_.expires_at(time);
  timer_.async_wait([weak = weak_from_this()](const asio::error_code& error) {
    const auto self = weak.lock();
    if (!error && self != nullptr) self->wakeup_.notify();
  });
}

void SharedCall::show_deadline() noexcept {
  if (client_left_ && !ended_) entry_.record().deadline = listeners_.empty() ? kept_until_ : TimePoint::max();
}

void SharedCall::notify_listeners() noexcept {
  for (auto* listener : listeners_) listener->notify();
}

bool SharedCall::abandoned() const noexcept {
  return listeners_.empty() && (!joinable() || Clock::now() >= kept_until_);
}

Clock::duration SharedCall::grace() const noexcept {
  return keeping_ ? exchange_.snapshot->settings.gateway.idempotency_grace : Clock::duration::zero();
}

}  // namespace tidegate::gateway
