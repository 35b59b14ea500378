#include "daemon/platform/file_watcher.h"

#include <system_error>
#include <utility>

#include "daemon/platform/change_source.h"
#include "daemon/platform/clock.h"
#include "daemon/platform/settle_timer.h"

namespace tidegate::platform {
namespace {

// Between planning and watching the folders may change; so often is planned anew before an event has to say so.
constexpr int kMaxPlans = 8;

std::string absolute_path(const std::filesystem::path& file) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(file, error);
  return error ? file.string() : absolute.string();
}

}  // namespace

class FileWatcher::Impl : public std::enable_shared_from_this<FileWatcher::Impl> {
 public:
  Impl(const Executor& executor, const std::filesystem::path& file, std::function<void()> changed)
      : executor_(executor), path_(absolute_path(file)), changed_(std::move(changed)), poll_(executor) {}

  void start() {
    if (started_) return;
    started_ = true;
    const std::weak_ptr<Impl> weak = weak_from_this();
    settle_ = std::make_unique<SettleTimer>(executor_, kSettleTime, kLongestPostponement, [weak] {
      if (const auto self = weak.lock()) self->settled();
    });
    print_ = fingerprint(path_);
    open_source();
    look(ChangeSource::News::maybe);
  }

  void stop() {
    started_ = false;
    watching_ = false;
    settle_.reset();
    poll_.cancel();
    source_.reset();  // never inside a call from it: those only touch the settle timer
  }

  [[nodiscard]] bool watching() const noexcept { return watching_; }

 private:
  void open_source() {
    const std::weak_ptr<Impl> weak = weak_from_this();
    source_ = ChangeSource::make(executor_, [weak](ChangeSource::News news) {
      if (const auto self = weak.lock()) self->look(news);
    });
  }

  void settled() {
    if (!started_) return;
    const auto call = changed_;  // it may destroy the watcher
    call();
  }

  // The watches are set first and the file is looked at afterwards: a change in between shows in the fingerprint, a
  // later one in an event.
  void look(ChangeSource::News news) {
    arm();
    const auto print = fingerprint(path_);
    if (news == ChangeSource::News::certain || print != print_) settle_->touch();
    print_ = print;
    if (!watching_) poll_later();
  }

  void arm() {
    auto plan = plan_watches(path_);
    for (int tries = 0; tries < kMaxPlans; ++tries) {
      watching_ = source_->arm(plan);
      auto after = plan_watches(path_);
      if (after == plan) return;
      plan = std::move(after);
    }
  }

  void poll_later() {
    poll_.expires_after(kFallbackPoll);
    poll_.async_wait([weak = weak_from_this()](const asio::error_code& error) {
      const auto self = weak.lock();
      if (error || !self || !self->started_ || self->watching_) return;
      self->open_source();  // the limit that was reached may no longer be
      self->look(ChangeSource::News::maybe);
    });
  }

  Executor executor_;
  std::string path_;
  std::function<void()> changed_;
  Timer poll_;
  std::unique_ptr<ChangeSource> source_;
  std::unique_ptr<SettleTimer> settle_;
  Fingerprint print_;
  bool started_ = false;
  bool watching_ = false;
};

FileWatcher::FileWatcher(const Executor& executor, const std::filesystem::path& file, std::function<void()> changed)
    : impl_(std::make_shared<Impl>(executor, file, std::move(changed))) {}

FileWatcher::~FileWatcher() { impl_->stop(); }

void FileWatcher::start() { impl_->start(); }

void FileWatcher::stop() { impl_->stop(); }

bool FileWatcher::watching() const noexcept { return impl_->watching(); }

}  // namespace tidegate::platform
