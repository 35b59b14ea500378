// News of files on Linux: inotify, waited on by Asio.
#include <sys/inotify.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <utility>

#include <asio/posix/basic_stream_descriptor.hpp>

#include "daemon/platform/change_source.h"

namespace tidegate::platform {
namespace {

constexpr std::uint32_t kItself = IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
constexpr std::uint32_t kEntries =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;
// The file's own watch sees writes that come by another way than its folder: a hard link, a bind mount of one file.
constexpr std::uint32_t kFile = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;

class InotifySource : public ChangeSource {
 public:
  InotifySource(const Executor& executor, Told told) : inotify_(std::make_shared<Inotify>(executor, std::move(told))) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return;
    inotify_->descriptor.assign(fd);
    wait(inotify_);
  }

  ~InotifySource() override {
    inotify_->told = nullptr;
    asio::error_code ignored;
    inotify_->descriptor.close(ignored);
  }

  InotifySource(const InotifySource&) = delete;
  InotifySource& operator=(const InotifySource&) = delete;

  bool arm(const WatchPlan& plan) override {
    if (!inotify_->descriptor.is_open()) return false;
    const int fd = inotify_->descriptor.native_handle();
    std::map<int, Watch> watches;  // a watch is on what stands at the path now, so each is made anew every time
    bool last_watched = false;
    for (const auto& [folder, names] : plan.folders) {
      const int watch = ::inotify_add_watch(fd, folder.c_str(), names.empty() ? kItself : kItself | kEntries);
      if (watch < 0) continue;
      watches[watch] = {folder, names, plan.file, false};
      if (folder == plan.last_folder) last_watched = true;
    }
    if (!plan.file.empty()) {
      const int watch = ::inotify_add_watch(fd, plan.file.c_str(), kFile);
      if (watch >= 0) watches[watch] = {plan.file, {}, plan.file, true};
    }
    for (const auto& [watch, was] : inotify_->watches) {
      if (!watches.contains(watch)) ::inotify_rm_watch(fd, watch);
    }
    inotify_->watches = std::move(watches);
    return last_watched;
  }

 private:
  struct Watch {
    std::string path;
    std::set<std::string> names;
    std::string file;
    bool is_file;
  };

  // Shared with the handler that waits, which outlives the source by one turn of the loop.
  struct Inotify {
    Inotify(const Executor& executor, Told call) : descriptor(executor), told(std::move(call)) {}
    asio::posix::basic_stream_descriptor<Executor> descriptor;
    Told told;
    std::map<int, Watch> watches;
  };

  static void wait(const std::shared_ptr<Inotify>& inotify) {
    inotify->descriptor.async_wait(asio::posix::descriptor_base::wait_read, [inotify](const asio::error_code& error) {
      if (error || !inotify->told) return;
      const auto [any, news] = drain(*inotify);
      wait(inotify);
      if (any) inotify->told(news);
    });
  }

  static std::pair<bool, News> drain(Inotify& inotify) {
    std::pair<bool, News> result{false, News::maybe};
    alignas(inotify_event) std::array<char, 16384> buffer;
    // One round: what is left makes the descriptor readable again, and the loop's other work gets its turn.
    const auto length = ::read(inotify.descriptor.native_handle(), buffer.data(), buffer.size());
    std::size_t at = 0;
    while (length > 0 && at < static_cast<std::size_t>(length)) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = event.len > 0 ? buffer.data() + at + sizeof event : "";
      at += sizeof event + event.len;
      judge(inotify, event, name, result);
    }
    return result;
  }

  static void judge(const Inotify& inotify, const inotify_event& event, const char* name,
                    std::pair<bool, News>& result) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      result = {true, News::certain};
      return;
    }
    const auto found = inotify.watches.find(event.wd);
    if (found == inotify.watches.end()) return;  // the last words of a watch that was given up
    const auto& watch = found->second;
    const bool named = *name != '\0';
    if (named && !watch.names.contains(name)) return;  // a neighbour of the file
    result.first = true;
    const bool of_file = watch.is_file || (named && watch.path + "/" + name == watch.file);
    if (of_file && (event.mask & (IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) result.second = News::certain;
  }

  std::shared_ptr<Inotify> inotify_;
};

}  // namespace

std::unique_ptr<ChangeSource> ChangeSource::make(const Executor& executor, Told told) {
  return std::make_unique<InotifySource>(executor, std::move(told));
}

}  // namespace tidegate::platform
