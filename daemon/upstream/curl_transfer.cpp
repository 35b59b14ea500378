#include "daemon/upstream/curl_transfer.h"

#include <algorithm>
#include <utility>

#include "common/ascii.h"

namespace tidegate::upstream {
namespace {

// Over this a body takes more than one write, and so its progress can be looked at.
constexpr std::size_t kLargeBody = std::size_t{64} << 10;
constexpr long kUploadBuffer = 64L << 10;
constexpr long kLargestUploadBuffer = 256L << 10;
// Many streams are open for long: a small buffer each. Other answers come in few, large reads.
constexpr long kStreamBuffer = 8L << 10;
constexpr long kNever = 24L * 3600 * 1000;
// Looks at an upload within its patience.
constexpr int kUploadLooks = 8;
constexpr long kAnswerBuffer = 32L << 10;

// Room for a large body in one piece, in steps, so that a handle keeps its setting from one request to the next:
// 10–15 % less CPU for 100 KB than in pieces of the usual size.
long upload_buffer_for(std::size_t body) noexcept {
  long room = kUploadBuffer;
  while (room < kLargestUploadBuffer && static_cast<std::size_t>(room) < body) room *= 2;
  return room;
}

}  // namespace

CurlTransfer::CurlTransfer(std::unique_ptr<CurlHandle> handle, Request request, Wakeup& wakeup)
    : handle_(std::move(handle)),
      request_(std::move(request)),
      wakeup_(&wakeup),
      last_progress_(Clock::now()),
      last_look_(last_progress_),
      uploading_(request_.body != nullptr && request_.body->size() > kLargeBody) {
  handle_->transfer = this;
  handle_->clear_error_text();
  build_headers();
  set_request_options();
}

std::unique_ptr<CurlHandle> CurlTransfer::release_handle() noexcept {
  if (!idle_ || handle_ == nullptr) return nullptr;
  handle_->transfer = nullptr;
  return std::move(handle_);
}

// libcurl looks through its list of fields a dozen times and formats each one byte for byte. So it gets an entry of
// their own only for the fields that it would otherwise add itself; all the others are one entry with line ends in it.
void CurlTransfer::build_headers() {
  std::vector<std::size_t> starts;
  const auto begin_entry = [&] { starts.push_back(header_lines_.size()); };
  const auto entry = [&](auto... pieces) {
    begin_entry();
    (header_lines_.append(pieces), ...);
    header_lines_.push_back('\0');
  };
  const std::string& own = handle_->options().own_headers();
  std::size_t bytes = own.size() + 64;
  for (const auto& header : request_.headers) bytes += header.name.size() + header.value.size() + 4;
  header_lines_.reserve(bytes);
  starts.reserve(8);

  const auto known = [](std::string_view name) { return iequals(name, "content-type") || iequals(name, "accept"); };
  bool content_type = false;
  bool accept = false;
  for (const auto& [name, value] : request_.headers) {
    if (!known(name)) continue;
    (ascii_lower(name.front()) == 'c' ? content_type : accept) = true;
    if (value.empty())
      entry(name, ";");  // libcurl's spelling of an empty field; `Name:` removes one
    else
      entry(name, ": ", value);
  }
  if (!content_type) entry("Content-Type:");
  if (!accept) entry("Accept:");
  entry("Expect:");
  begin_entry();
  header_lines_ += own;
  for (const auto& [name, value] : request_.headers)
    if (!known(name)) header_lines_.append("\r\n").append(name).append(value.empty() ? ":" : ": ").append(value);
  header_lines_.push_back('\0');

  header_list_.resize(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    header_list_[i].data = header_lines_.data() + starts[i];
    header_list_[i].next = i + 1 < starts.size() ? &header_list_[i + 1] : nullptr;
  }
}

void CurlTransfer::set_request_options() {
  CURL* easy = handle_->easy();
  handle_->set_method(request_.method);
  handle_->set_receive_buffer(request_.read_ahead ? kAnswerBuffer : kStreamBuffer);
  curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
  if (request_.body != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body->c_str());
    handle_->set_upload_buffer(upload_buffer_for(request_.body->size()));
  } else if (request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH") {
    // Says Content-Length: 0, as RFC 9110 §8.6 asks where a method means something by a body: some servers want it.
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (request_.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  }
  if (!handle_->options().target_prefix().empty()) request_.target.insert(0, handle_->options().target_prefix());
  curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, request_.target.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_list_.data());
}

void CurlTransfer::notify() noexcept {
  if (wakeup_ != nullptr) wakeup_->notify();
}

void CurlTransfer::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<CurlHandle*>(self)->transfer;
  if (auto refused = transfer.head_.line({data, size * count})) {
    transfer.fail(std::move(*refused));
    return 0;
  }
  // One look at the clock for a head, not one for each of its lines.
  if (transfer.head_.complete()) transfer.last_progress_ = Clock::now();
  // Woken by the first bytes of the body or by the end instead, which mostly come in the same read.
  return size * count;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<CurlHandle*>(self)->transfer;
  transfer.last_progress_ = Clock::now();
  if (!std::exchange(transfer.receiving_, true)) transfer.multi().look_by(transfer.next_look());
  if (transfer.abandoned_) return 0;
  if (transfer.received_.size() >= ResponseStream::kHighWater) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  transfer.received_.append(data, size * count);
  transfer.notify();
  return size * count;
}

// libcurl repeats a request by itself when a pooled connection turns out to be dead. Whether to repeat is the retry
// policy's to say, which counts: so the second start is refused and told as an error.
int CurlTransfer::on_request_start(void* self, char*, char*, int, int local_port) noexcept {
  auto& transfer = *static_cast<CurlHandle*>(self)->transfer;
  if (transfer.socket_opened_) transfer.multi().connecting_ended(transfer, local_port);
  if (transfer.abandoned_) return CURL_PREREQFUNC_ABORT;
  if (std::exchange(transfer.request_started_, true)) {
    transfer.info_.stale_connection = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.last_progress_ = transfer.last_look_ = Clock::now();
  transfer.info_.new_connection = transfer.socket_opened_;
  transfer.multi().request_started(transfer.socket_opened_);
  transfer.multi().look_by(transfer.next_look());
  return CURL_PREREQFUNC_OK;
}

void CurlTransfer::take(std::string& into) {
  into.clear();
  into.swap(received_);
  if (!paused_ || done_) return;
  paused_ = false;
  last_progress_ = Clock::now();  // what passed was the client's time, not the proxy's
  curl_easy_pause(easy(), CURLPAUSE_CONT);
  multi().run_pending();
}

// A paused transfer waits for the client. What has been uploaded since the last look may have moved right behind that
// look, so that is what counts: an upload that died is noticed in time, and one that lives is looked at often enough to
// lose no more than an eighth of its patience. Its end is taken for now: the answer's patience is not to be shortened.
void CurlTransfer::note_progress(TimePoint now) {
  if (paused_) last_progress_ = now;
  if (phase() == Phase::sending) {
    curl_off_t uploaded = 0;
    curl_easy_getinfo(easy(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
    uploading_ = uploaded < static_cast<curl_off_t>(request_.body->size());
    if (!uploading_)
      last_progress_ = now;
    else if (std::exchange(uploaded_, uploaded) != uploaded)
      last_progress_ = std::max({last_progress_, last_look_, now - look_every()});
  }
  last_look_ = now;
}

CurlTransfer::Phase CurlTransfer::phase() const noexcept {
  if (!request_started_) return Phase::connecting;
  if (receiving_) return Phase::receiving;
  return uploading_ && !head_.complete() ? Phase::sending : Phase::waiting;
}

std::chrono::milliseconds CurlTransfer::limit(Phase phase) const noexcept {
  const auto& options = handle_->options().options();
  switch (phase) {
    case Phase::connecting: return options.connect_timeout;
    case Phase::waiting: return options.first_byte_timeout.value_or(options.idle_timeout);
    case Phase::sending:
    case Phase::receiving: break;
  }
  return options.idle_timeout;
}

Clock::duration CurlTransfer::look_every() const noexcept {
  return Clock::duration(limit(Phase::sending)) / kUploadLooks;
}

TimePoint CurlTransfer::idle_deadline() const noexcept {
  return abandoned_ ? TimePoint::max() : last_progress_ + limit(phase());
}

TimePoint CurlTransfer::next_look() const noexcept {
  const auto deadline = idle_deadline();
  return phase() == Phase::sending ? std::min(deadline, last_look_ + look_every()) : deadline;
}

bool CurlTransfer::resolving() const {
  if (socket_opened_ || request_started_) return false;
  curl_off_t resolved = 0;
  curl_easy_getinfo(easy(), CURLINFO_NAMELOOKUP_TIME_T, &resolved);
  return resolved == 0;
}

void CurlTransfer::abandon() noexcept {
  abandoned_ = true;
  detach();
  // Its connect timeout would end it in libcurl, which would wait for the resolver's thread.
  curl_easy_setopt(easy(), CURLOPT_CONNECTTIMEOUT_MS, kNever);
}

void CurlTransfer::quit_exit() {
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy(), CURLOPT_QUICK_EXIT, 1L);
#endif
}

}  // namespace tidegate::upstream
