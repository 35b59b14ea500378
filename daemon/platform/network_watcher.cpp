#include "daemon/platform/network_watcher.h"

#include <unistd.h>
#include <array>
#include <cerrno>
#include <utility>

#include <asio/posix/basic_stream_descriptor.hpp>

#include "daemon/platform/clock.h"

namespace tidegate::platform {

struct NetworkWatcher::Impl {
  Impl(const Executor& executor, std::function<void()> call, Source from)
      : news(executor), pause(executor), changed(std::move(call)), source(std::move(from)) {}

  asio::posix::basic_stream_descriptor<Executor> news;
  Timer pause;
  std::function<void()> changed;  // empty once the watcher is gone
  Source source;
  std::string state;

  static void wait(const std::shared_ptr<Impl>& impl) {
    impl->news.async_wait(asio::posix::descriptor_base::wait_read, [impl](const asio::error_code& error) {
      if (error || !impl->news.is_open()) return;
      impl->drain();
      // Before the look, which may end the watcher. What comes in the pause makes the descriptor readable behind it.
      impl->pause.expires_after(kPause);
      impl->pause.async_wait([impl](const asio::error_code& cancelled) {
        if (cancelled || !impl->news.is_open()) return;
        wait(impl);
        impl->look();  // the news may have come before what it told of
      });
      impl->look();
    });
  }

  // Bounded: what is left after so much makes the descriptor readable again. Only EAGAIN says that nothing is left; the
  // system tells by another error that it had to drop news.
  void drain() noexcept {
    constexpr int kRounds = 64;
    std::array<char, 8192> dropped;
    for (int round = 0; round < kRounds; ++round)
      if (::read(news.native_handle(), dropped.data(), dropped.size()) <= 0 && errno != ENOBUFS) return;
  }

  void look() {
    auto now = source.state();
    if (now == state) return;
    state = std::move(now);
    const auto call = changed;  // may destroy the watcher
    if (call) call();
  }
};

NetworkWatcher::NetworkWatcher(const Executor& executor, std::function<void()> changed)
    : NetworkWatcher(executor, std::move(changed), Source{}) {}

NetworkWatcher::NetworkWatcher(const Executor& executor, std::function<void()> changed, Source source)
    : impl_(std::make_shared<Impl>(executor, std::move(changed), std::move(source))) {}

NetworkWatcher::~NetworkWatcher() {
  impl_->changed = nullptr;
  stop();
}

// Opened before the first look, so that no change falls in between.
void NetworkWatcher::start() {
  if (watching()) return;
  const int fd = impl_->source.open();
  if (fd < 0) return;
  impl_->news.assign(fd);
  impl_->state = impl_->source.state();
  Impl::wait(impl_);
}

void NetworkWatcher::stop() noexcept {
  asio::error_code ignored;
  impl_->news.close(ignored);
  impl_->pause.cancel();
}

bool NetworkWatcher::watching() const noexcept { return impl_->news.is_open(); }

}  // namespace tidegate::platform
