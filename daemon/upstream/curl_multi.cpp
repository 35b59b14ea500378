#include "daemon/upstream/curl_multi.h"

#include <algorithm>
#include <cassert>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/upstream/curl_transfer.h"

namespace tidegate::upstream {

using platform::SocketSet;

namespace {

int local_port(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return -1;
}

}  // namespace

CurlMulti::CurlMulti(const Executor& executor, Sockets sockets) : timer_(executor), multi_(curl_multi_init()) {
  auto ready = [this](int fd, unsigned what) { socket_ready(fd, what); };
  auto done = [this] { collect_finished(); };
  sockets_ = sockets == Sockets::best ? SocketSet::make(executor, ready, done)
                                      : SocketSet::make_portable(executor, ready, done);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
}

CurlMulti::~CurlMulti() {
  *alive_ = false;
  while (!transfers_.empty()) {
    const auto transfer = transfers_.begin()->second;
    transfer->quit_exit();
    curl_multi_remove_handle(multi_, transfer->easy());
    transfers_.erase(transfers_.begin());
  }
  curl_multi_cleanup(multi_);
  timer_.cancel();
}

void CurlMulti::set_pool_size(long connections) { curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections); }

void CurlMulti::add(std::shared_ptr<CurlTransfer> transfer) {
  assert(!in_curl_);
  CURL* easy = transfer->easy();
  idle_deadline_ = std::min(idle_deadline_, transfer->next_look());
  transfers_.emplace(easy, std::move(transfer));
  in_curl_ = true;  // the zero timeout that libcurl asks for now is what run_pending() does
  const auto added = curl_multi_add_handle(multi_, easy);
  in_curl_ = false;
  if (added != CURLM_OK) {
    const auto failed = transfers_.extract(easy);
    failed.mapped()->finished(CURLE_FAILED_INIT);
    return;
  }
  run_pending();
}

void CurlMulti::cancel(CurlTransfer& transfer) {
  const auto found = transfers_.find(transfer.easy());
  if (found == transfers_.end()) return;
  if (transfer.resolving()) {
    transfer.abandon();
    return;
  }
  const auto kept = found->second;
  transfers_.erase(found);
  in_curl_ = true;
  curl_multi_remove_handle(multi_, kept->easy());
  in_curl_ = false;
  if (kept->has_opened_socket()) connecting_ended(*kept, -1);
  arm_timer();
}

void CurlMulti::run_pending() {
  curl_deadline_ = TimePoint::max();
  action(CURL_SOCKET_TIMEOUT, 0);
  collect_finished();
}

void CurlMulti::action(curl_socket_t fd, int mask) {
  int running = 0;
  in_curl_ = true;
  curl_multi_socket_action(multi_, fd, mask, &running);
  in_curl_ = false;
}

void CurlMulti::socket_ready(int fd, unsigned ready) {
  const int mask = ((ready & SocketSet::readable) != 0 ? CURL_CSELECT_IN : 0) |
                   ((ready & SocketSet::writable) != 0 ? CURL_CSELECT_OUT : 0);
  action(fd, mask);
}

void CurlMulti::collect_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;  // the message dies with remove_handle
    const auto found = transfers_.find(easy);
    assert(found != transfers_.end());
    const auto transfer = found->second;
    transfers_.erase(found);
    transfer->finished(code);  // reads what libcurl knows of the transfer, so before it is removed
    in_curl_ = true;
    curl_multi_remove_handle(multi_, easy);
    in_curl_ = false;
    if (transfer->has_opened_socket()) connecting_ended(*transfer, -1);
    transfer->removed();
  }
  arm_timer();
}

// The timer moves only when the next deadline is before the one that it waits for; it then fires once too often at
// worst, which is cheaper than moving it several times a request.
void CurlMulti::arm_timer() {
  const auto next = std::min(curl_deadline_, idle_deadline_);
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_.expires_at(next);
  timer_.async_wait([this, alive = alive_](const asio::error_code& error) {
    if (error || !*alive) return;
    timer_fired();
  });
}

void CurlMulti::timer_fired() {
  timer_at_ = TimePoint::max();
  const auto now = Clock::now();
  if (now >= idle_deadline_) check_idle(now);
  if (now >= curl_deadline_)
    run_pending();
  else
    arm_timer();
}

void CurlMulti::check_idle(TimePoint now) {
  idle_deadline_ = TimePoint::max();
  std::vector<std::shared_ptr<CurlTransfer>> expired;
  for (const auto& [easy, transfer] : transfers_) {
    transfer->note_progress(now);
    if (transfer->idle_deadline() <= now)
      expired.push_back(transfer);
    else
      idle_deadline_ = std::min(idle_deadline_, transfer->next_look());
  }
  for (const auto& transfer : expired) {
    transfer->timed_out();
    cancel(*transfer);
  }
}

int CurlMulti::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept {
  auto& multi = *static_cast<CurlMulti*>(self);
  unsigned interest = SocketSet::none;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) interest |= SocketSet::readable;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) interest |= SocketSet::writable;
  // REMOVE does not mean closed. Connected sockets stay registered until their close is told (they come back with the
  // next request); the resolver's descriptors and libcurl 7.88's unconnected sockets are closed without a word, so they
  // go now.
  const auto ours = multi.ours_.find(fd);
  if (ours != multi.ours_.end()) ours->second.interest = interest;
  if (what == CURL_POLL_REMOVE && (ours == multi.ours_.end() || ours->second.connecting != nullptr))
    multi.sockets_->forget(fd);
  else
    multi.sockets_->watch(fd, interest);
  return 0;
}

void CurlMulti::connecting_ended(const CurlTransfer& transfer, int port) noexcept {
  for (auto it = ours_.begin(); it != ours_.end();) {
    auto& [fd, socket] = *it;
    if (socket.connecting != &transfer) {
      ++it;
    } else if (port >= 0 && local_port(fd) == port) {
      socket.connecting = nullptr;
      ++it;
    } else {
      sockets_->forget(fd);
      --open_sockets_;
      it = ours_.erase(it);
    }
  }
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& multi = *static_cast<CurlMulti*>(self);
  multi.curl_deadline_ = timeout_ms < 0 ? TimePoint::max() : Clock::now() + std::chrono::milliseconds(timeout_ms);
  if (!multi.in_curl_) multi.arm_timer();
  return 0;
}

curl_socket_t CurlMulti::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<CurlHandle*>(self)->transfer;
  if (transfer.abandoned()) return CURL_SOCKET_BAD;
  const int fd = ::socket(address->family, address->socktype, address->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  transfer.socket_opened();
  auto& multi = transfer.multi();
  const auto [ours, added] = multi.ours_.try_emplace(fd);
  ours->second.connecting = &transfer;
  if (added) {
    ++multi.open_sockets_;
  } else {
    // The number of one that was closed without a word. libcurl takes it for the same and may not ask for it again.
    multi.sockets_->forget(fd);
    if (ours->second.interest != SocketSet::none) multi.sockets_->watch(fd, ours->second.interest);
  }
  return fd;
}

int CurlMulti::on_close_socket(void* self, curl_socket_t fd) noexcept {
  auto& multi = *static_cast<CurlMulti*>(self);
  if (multi.ours_.erase(fd) > 0) --multi.open_sockets_;
  multi.sockets_->forget(fd);
  return ::close(fd);
}

}  // namespace tidegate::upstream
