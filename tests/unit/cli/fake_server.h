#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "cli/context.h"

namespace tidegate::cli {

using Answers = std::map<std::string, std::string>;

/// control.sock and api.sock in a folder of their own, with one canned answer for each `METHOD PATH`, sent as it is and
/// followed by the end of the connection. Unknown paths are hung up on. A thread each; joined by the destructor.
class FakeServer {
 public:
  explicit FakeServer(Answers answers);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// No terminal, no colours, no environment.
  [[nodiscard]] Context context() const;

  static std::string json(const std::string& body, int status = 200);
  /// No answer: the connection stays open until the client hangs up.
  static std::string silence() { return {}; }
  static std::string stream(const std::string& events);

 private:
  void listen_at(const char* name);
  void serve(int listener);

  Answers answers_;
  std::filesystem::path folder_;
  std::vector<int> listeners_;
  std::vector<std::thread> threads_;
};

}  // namespace tidegate::cli
