// The daemon as a whole, on one thread: signals are raised before its loop runs, so nothing has to wait.
#include "daemon/app/daemon.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/loader.h"
#include "tests/unit/config/config_texts.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using testing::Not;

struct DaemonTest : testing::Test {
  config::TempFolder folder;
  DaemonOptions options;

  DaemonTest() {
    options.config = folder.path() / "config.yaml";
    options.state_dir = folder.path() / "state";
    options.runtime_dir = folder.path() / "run";
    write("");
  }
  ~DaemonTest() override { EXPECT_TRUE(observe::configure({}).ok()); }

  // Nobody listens at the upstream's address: a refused connection needs no network.
  void write(const std::string& more, const std::string& listen = "unix:") {
    auto text =
        config::replace_all(std::string(config::kGuide), "https://your-proxy.example.com", "http://127.0.0.1:1");
    text += "gateway: {name: test, listen: [\"" +
            (listen == "unix:" ? listen + (folder.path() / "run/api.sock").string() : listen) + "\"]}\nlog: {file: \"" +
            (folder.path() / "log").string() + "\"}\n" + more;
    folder.write("config.yaml", text);
  }
  std::string log() {
    std::ifstream in(folder.path() / "log");
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(DaemonTest, StartsServesAndDrains) {
  {
    Daemon daemon(options, config::load_file(options.config));
    daemon.start();
    EXPECT_TRUE(std::filesystem::is_socket(options.runtime_dir / "control.sock"));
    EXPECT_TRUE(std::filesystem::is_socket(options.runtime_dir / "api.sock"));
    std::raise(SIGTERM);
    EXPECT_EQ(daemon.run(), 0);
  }
  EXPECT_FALSE(std::filesystem::exists(options.runtime_dir / "control.sock"));
  EXPECT_FALSE(std::filesystem::exists(options.runtime_dir / "api.sock"));
  EXPECT_THAT(log(), HasSubstr("draining"));
  EXPECT_THAT(log(), HasSubstr("tidegated ended"));
  EXPECT_THAT(log(), Not(HasSubstr("your-proxy-api-key")));
}

TEST_F(DaemonTest, ASighupReloads) {
  Daemon daemon(options, config::load_file(options.config));
  daemon.start();
  write("queue: {maxDepth: 5}\n");
  std::raise(SIGHUP);
  std::raise(SIGTERM);
  EXPECT_EQ(daemon.run(), 0);
  EXPECT_THAT(log(), HasSubstr("configuration reloaded"));
}

TEST_F(DaemonTest, ABadReloadIsToldAndTheDaemonGoesOn) {
  Daemon daemon(options, config::load_file(options.config));
  daemon.start();
  write("nonsense: 5\n");
  std::raise(SIGHUP);
  std::raise(SIGTERM);
  EXPECT_EQ(daemon.run(), 0);
  EXPECT_THAT(log(), HasSubstr("the last good one stays"));
}

TEST_F(DaemonTest, ASecondDaemonInTheSameFolderIsRefused) {
  Daemon first(options, config::load_file(options.config));
  first.start();
  Daemon second(options, config::load_file(options.config));
  EXPECT_THROW(second.start(), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_socket(options.runtime_dir / "control.sock")) << "the first one's";
}

TEST_F(DaemonTest, ATakenPortEndsTheStart) {
  asio::io_context loop;
  asio::ip::tcp::acceptor other(loop, {asio::ip::make_address("127.0.0.1"), 0});
  const auto address = "127.0.0.1:" + std::to_string(other.local_endpoint().port());
  write("", address);
  Daemon daemon(options, config::load_file(options.config));
  try {
    daemon.start();
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on " + address));
  }
}

}  // namespace
}  // namespace tidegate::app
