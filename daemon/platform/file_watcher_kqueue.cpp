// News of files on macOS and the BSDs: kqueue, waited on by a thread of its own. macOS refuses to make a kqueue
// non-blocking, so Asio cannot wait on it; the thread only waits and posts, all state is the loop thread's.
#include <fcntl.h>
#include <poll.h>
#include <sys/event.h>
#include <sys/types.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

#include <asio/post.hpp>

#include "daemon/platform/change_source.h"

namespace tidegate::platform {
namespace {

#ifdef O_EVTONLY
constexpr int kOpenMode = O_EVTONLY | O_NONBLOCK;
#else
constexpr int kOpenMode = O_RDONLY | O_NONBLOCK;
#endif
constexpr unsigned kItself = NOTE_DELETE | NOTE_RENAME | NOTE_REVOKE;
constexpr unsigned kEntries = kItself | NOTE_WRITE | NOTE_ATTRIB;
constexpr unsigned kFile = kItself | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK;

enum Bits : unsigned { no_news = 0, maybe_bit = 1, certain_bit = 2 };

void close_on_exec(int fd) { ::fcntl(fd, F_SETFD, FD_CLOEXEC); }

class KqueueSource : public ChangeSource {
 public:
  KqueueSource(const Executor& executor, Told told) : shared_(std::make_shared<Shared>(executor, std::move(told))) {
    std::array<int, 2> ends{-1, -1};
    kqueue_ = ::kqueue();
    if (kqueue_ < 0 || ::pipe(ends.data()) != 0) return;
    stop_read_ = ends[0];
    stop_write_ = ends[1];
    for (const int fd : {kqueue_, stop_read_, stop_write_}) close_on_exec(fd);
    thread_ = std::thread([shared = shared_, queue = kqueue_, stop = stop_read_] { run(shared, queue, stop); });
  }

  ~KqueueSource() override {
    shared_->told = nullptr;
    if (stop_write_ >= 0) ::close(stop_write_);  // the other end becomes readable: the thread ends
    if (thread_.joinable()) thread_.join();
    release(watched_);
    for (const int fd : {stop_read_, kqueue_}) {
      if (fd >= 0) ::close(fd);
    }
  }

  KqueueSource(const KqueueSource&) = delete;
  KqueueSource& operator=(const KqueueSource&) = delete;

  bool arm(const WatchPlan& plan) override {
    if (!thread_.joinable()) return false;
    // Old registrations go first: two descriptors of one folder would tell everything twice. What happens in between
    // shows when the file is looked at afterwards.
    release(watched_);
    bool last_watched = false;
    for (const auto& [folder, names] : plan.folders) {
      const bool watched = watch(folder, names.empty() ? kItself : kEntries, maybe_bit);
      if (watched && folder == plan.last_folder) last_watched = true;
    }
    // A folder does not tell of writes to its files, so without the file's own watch the answer is no.
    if (!plan.file.empty() && !watch(plan.file, kFile, certain_bit)) return false;
    return last_watched;
  }

 private:
  // What thread and loop share. `told` is the loop thread's; `news` collects what was not posted yet, so that a storm
  // of events leaves at most one handler in the loop's queue.
  struct Shared {
    Shared(const Executor& loop, Told call) : executor(loop), told(std::move(call)) {}
    Executor executor;
    Told told;
    std::atomic<unsigned> news{no_news};
  };

  bool watch(const std::string& path, unsigned notes, unsigned bit) {
    const int fd = ::open(path.c_str(), kOpenMode);
    if (fd < 0) return false;
    close_on_exec(fd);
    struct kevent change{};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): kqueue's own way of carrying a number
    EV_SET(&change, static_cast<std::uintptr_t>(fd), EVFILT_VNODE, EV_ADD | EV_CLEAR, notes, 0,
           reinterpret_cast<void*>(static_cast<std::uintptr_t>(bit)));
    if (::kevent(kqueue_, &change, 1, nullptr, 0, nullptr) != 0) {
      ::close(fd);
      return false;
    }
    watched_.push_back(fd);
    return true;
  }

  void release(std::vector<int>& watched) const {
    for (const int fd : watched) {
      struct kevent change{};
      EV_SET(&change, static_cast<std::uintptr_t>(fd), EVFILT_VNODE, EV_DELETE, 0, 0, nullptr);
      ::kevent(kqueue_, &change, 1, nullptr, 0, nullptr);
      ::close(fd);
    }
    watched.clear();
  }

  static void run(const std::shared_ptr<Shared>& shared, int queue, int stop) {
    for (;;) {
      std::array<pollfd, 2> ready{pollfd{queue, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
      if (ready[1].revents != 0) return;
      const unsigned news = collect(queue);
      if (news == no_news || shared->news.fetch_or(news) != no_news) continue;
      asio::post(shared->executor, [shared] {
        const unsigned bits = shared->news.exchange(no_news);
        if (shared->told) shared->told((bits & certain_bit) != 0 ? News::certain : News::maybe);
      });
    }
  }

  static unsigned collect(int queue) {
    std::array<struct kevent, 32> events{};
    const timespec at_once{0, 0};
    const int count = ::kevent(queue, nullptr, 0, events.data(), static_cast<int>(events.size()), &at_once);
    unsigned news = no_news;
    for (int i = 0; i < count; ++i) {
      const auto& event = events.at(static_cast<std::size_t>(i));
      const bool written = (event.fflags & (NOTE_WRITE | NOTE_EXTEND)) != 0;
      const bool of_file = reinterpret_cast<std::uintptr_t>(event.udata) == certain_bit;
      news |= written && of_file ? unsigned{certain_bit} : unsigned{maybe_bit};
    }
    return news;
  }

  std::shared_ptr<Shared> shared_;
  int kqueue_ = -1;
  int stop_read_ = -1;
  int stop_write_ = -1;
  std::vector<int> watched_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<ChangeSource> ChangeSource::make(const Executor& executor, Told told) {
  return std::make_unique<KqueueSource>(executor, std::move(told));
}

}  // namespace tidegate::platform
