#include <memory>
#include <unordered_map>

#include <poll.h>
#include <unistd.h>

#include <asio/posix/basic_stream_descriptor.hpp>
#include <asio/post.hpp>

#include "daemon/platform/socket_set.h"

namespace tidegate::platform {
namespace {

// Asio may hand an event of a descriptor that was closed in the same round to the one that got its place.
bool really_ready(int fd, unsigned direction) noexcept {
  pollfd look{fd, static_cast<short>(direction == SocketSet::readable ? POLLIN : POLLOUT), 0};
  return ::poll(&look, 1, 0) != 0;
}

// One Asio wait for each descriptor and direction. Asio gets a dup() of the descriptor: it must own what it watches,
// and the owner may close its own at any moment.
class PortableSocketSet final : public SocketSet {
 public:
  PortableSocketSet(const Executor& executor, Ready ready, RoundDone done)
      : executor_(executor), ready_(std::move(ready)), done_(std::move(done)) {}

  void watch(int fd, unsigned interest) override {
    auto& entry = entries_[fd];
    if (entry == nullptr) entry = std::make_shared<Entry>(executor_, fd);
    entry->interest = interest;
    arm(entry, readable);
    arm(entry, writable);
  }

  void forget(int fd) override {
    const auto found = entries_.find(fd);
    if (found == entries_.end()) return;
    found->second->interest = none;
    found->second->forgotten = true;
    found->second->descriptor.close();
    entries_.erase(found);
  }

  ~PortableSocketSet() override {
    for (auto& [fd, entry] : entries_) {
      entry->forgotten = true;
      entry->descriptor.close();
    }
  }

 private:
  struct Entry {
    Entry(const Executor& executor, int number) : fd(number), descriptor(executor) {
      asio::error_code error;
      const int copy = ::dup(number);
      if (copy >= 0) descriptor.assign(copy, error);
      if (copy >= 0 && error) ::close(copy);
    }
    int fd;
    asio::posix::basic_stream_descriptor<Executor> descriptor;
    unsigned interest = none;
    unsigned armed = none;
    bool forgotten = false;
  };

  void arm(const std::shared_ptr<Entry>& entry, unsigned direction) {
    if ((entry->interest & direction) == 0 || (entry->armed & direction) != 0) return;
    entry->armed |= direction;
    const auto kind =
        direction == readable ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
    entry->descriptor.async_wait(kind, [this, entry, direction](const asio::error_code& error) {
      // Without a copy (no descriptor was left for it) nothing is told: the transfer's timeouts end it.
      if (entry->forgotten || error) return;
      entry->armed &= ~direction;
      if ((entry->interest & direction) == 0) return;
      if (!really_ready(entry->fd, direction)) {
        arm(entry, direction);
        return;
      }
      ready_(entry->fd, direction);
      if (!entry->forgotten) arm(entry, direction);
      done_();
    });
  }

  Executor executor_;
  Ready ready_;
  RoundDone done_;
  std::unordered_map<int, std::shared_ptr<Entry>> entries_;
};

}  // namespace

std::unique_ptr<SocketSet> SocketSet::make_portable(const Executor& executor, Ready ready, RoundDone done) {
  return std::make_unique<PortableSocketSet>(executor, std::move(ready), std::move(done));
}

}  // namespace tidegate::platform
