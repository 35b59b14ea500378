#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>
#include <cerrno>
#include <cstddef>

namespace tidegate::observe {

/// Writes each line at once to a descriptor. spdlog's own file sink can set neither the mode of a new file nor
/// close-on-exec, and buffers what a crash then loses. Included by logging.cpp alone: spdlog's headers are slow.
class FdSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  enum class Owned { no, yes };

  FdSink(int fd, Owned owned) : fd_(fd), owned_(owned) {}
  ~FdSink() override {
    if (owned_ == Owned::yes) ::close(fd_);
  }
  FdSink(const FdSink&) = delete;
  FdSink& operator=(const FdSink&) = delete;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    base_sink::formatter_->format(message, line);
    std::size_t written = 0;
    while (written < line.size()) {
      const auto count = ::write(fd_, line.data() + written, line.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;  // a full disk or a closed pipe: the line is lost, the daemon goes on
      written += static_cast<std::size_t>(count);
    }
  }
  void flush_() override {}

 private:
  int fd_;
  Owned owned_;
};

}  // namespace tidegate::observe
