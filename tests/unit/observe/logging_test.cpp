#include "daemon/observe/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>

#include "tests/unit/platform/temporary_folder.h"

namespace tidegate::observe {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr char kTime[] = "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9]+Z";

struct LoggingTest : testing::Test {
  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "log";

  ~LoggingTest() override {
    set_secrets({});
    EXPECT_TRUE(configure({}).ok());
  }

  void to_file(LogLevel level = LogLevel::info, LogFormat format = LogFormat::text) const {
    ASSERT_TRUE(configure({level, format, file}).ok());
  }
  std::string written() const { return test::read_file(file); }
};

TEST_F(LoggingTest, WritesLinesAtOnce) {
  to_file();
  log_info("listening on {}:{}", "127.0.0.1", 8433);
  EXPECT_THAT(written(), MatchesRegex(std::string(kTime) + " info  listening on 127.0.0.1:8433\n"));
  log_warn("the upstream is down", {{"upstream", "default"}, {"attempts", 3}});
  EXPECT_THAT(written(), HasSubstr(" warn  the upstream is down upstream=default attempts=3\n"));
}

TEST_F(LoggingTest, WritesJson) {
  to_file(LogLevel::info, LogFormat::json);
  log_error("broken", {{"id", "x"}});
  EXPECT_THAT(written(), MatchesRegex(R"(\{"time":")" + std::string(kTime) +
                                      R"(","level":"error","message":"broken","id":"x"\})" + "\n"));
}

TEST_F(LoggingTest, TheLevelCanBeChangedWhileRunning) {
  to_file(LogLevel::warn);
  log_trace("no");
  log_debug("no");
  log_info("no");
  log_info("no", {{"k", 1}});
  EXPECT_EQ(written(), "");
  set_log_level(LogLevel::trace);
  EXPECT_EQ(log_level(), LogLevel::trace);
  log_trace("one");
  log_debug("two {}", 2);
  log_debug("three", {{"k", 3}});
  log_trace("four", {{"k", 4}});
  EXPECT_THAT(written(), testing::AllOf(HasSubstr("trace one"), HasSubstr("debug two 2"), HasSubstr("debug three k=3"),
                                        HasSubstr("trace four k=4")));
  set_log_level(LogLevel::error);
  log_warn("quiet");
  log_warn("quiet", {{"k", 1}});
  EXPECT_THAT(written(), Not(HasSubstr("quiet")));
}

TEST_F(LoggingTest, TheFileIsItsOwnersAloneAndNotInherited) {
  const auto before = ::umask(0);
  to_file();
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  int found = 0;
  for (int fd = 3; fd < 256; ++fd) {
    struct stat open_file{};
    if (::fstat(fd, &open_file) != 0 || open_file.st_ino != status.st_ino || open_file.st_dev != status.st_dev)
      continue;
    ++found;
    EXPECT_TRUE((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(LoggingTest, AppendsAndOpensAnewWhenConfiguredAgain) {
  test::write_file(file, "earlier\n");
  to_file();
  log_info("one");
  std::filesystem::rename(file, folder / "log.1");
  log_info("two");
  to_file();
  log_info("three");
  EXPECT_THAT(test::read_file(folder / "log.1"), MatchesRegex("earlier\n.*one\n.*two\n"));
  EXPECT_THAT(written(), MatchesRegex(".*three\n"));
}

TEST_F(LoggingTest, AFileThatCannotBeOpenedChangesNothing) {
  to_file();
  for (const auto& bad : {folder / "missing" / "log", folder.path()}) {
    const auto result = configure({LogLevel::trace, LogFormat::json, bad});
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.error().message, HasSubstr("cannot open the log file " + bad.string()));
  }
  EXPECT_EQ(log_level(), LogLevel::info);
  log_info("still here");
  EXPECT_THAT(written(), HasSubstr(" info  still here\n"));
}

TEST_F(LoggingTest, APipeThatNobodyReadsIsAnErrorAndNoHang) {
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_FALSE(configure({LogLevel::info, LogFormat::text, file}).ok());
}

TEST_F(LoggingTest, SecretsNeverReachALine) {
  for (const auto format : {LogFormat::text, LogFormat::json}) {
    to_file(LogLevel::info, format);
    set_secrets({Secret("sk-short"), Secret("sk-short-and-longer"), Secret("abc"), Secret("with\"quote\n")});
    log_info("key sk-short-and-longer, key {}", "sk-short");
    log_info("field", {{"authorization", "Bearer sk-short"}, {"sk-short", 1}});
    log_info("odd with\"quote\n end", {{"k", "with\"quote\n"}});
    EXPECT_THAT(written(), Not(HasSubstr("sk-short")));
    EXPECT_THAT(written(), Not(HasSubstr("and-longer")));
    EXPECT_THAT(written(), Not(HasSubstr("quote")));
    EXPECT_THAT(written(), HasSubstr("Bearer [redacted]"));
    log_info("abc is too short to be taken out");
    EXPECT_THAT(written(), HasSubstr("abc is too short"));
  }
}

TEST_F(LoggingTest, SecretsAreReplacedAsAWhole) {
  set_secrets({Secret("first-key")});
  EXPECT_EQ(redact_secrets("a first-key b"), "a [redacted] b");
  set_secrets({Secret("second-key")});
  EXPECT_EQ(redact_secrets("a first-key b second-key"), "a first-key b [redacted]");
}

TEST_F(LoggingTest, WritesToStandardErrorWithATimeUnlessItIsTheJournal) {
  const int saved = ::dup(STDERR_FILENO);
  test::write_file(file, "");
  const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND);
  ASSERT_GE(fd, 0);
  ::dup2(fd, STDERR_FILENO);
  struct stat status{};
  ::fstat(fd, &status);
  ::setenv("JOURNAL_STREAM", "1:1", 1);  // inherited, but standard error leads elsewhere
  const bool first = configure({}).ok();
  log_info("with time");
  ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
  const bool second = configure({}).ok();
  log_warn("without time");
  ::unsetenv("JOURNAL_STREAM");
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  ::close(fd);
  EXPECT_TRUE(first && second);
  EXPECT_THAT(written(), MatchesRegex(std::string(kTime) + " info  with time\n<4>warn  without time\n"));
}

TEST_F(LoggingTest, ALostDestinationIsNoReasonToThrow) {
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "this system has no /dev/full";
  ::close(full);
  ASSERT_TRUE(configure({LogLevel::info, LogFormat::text, "/dev/full"}).ok());
  log_error("lost");
  to_file();
  log_error("found");
  EXPECT_THAT(written(), HasSubstr("found"));
}

TEST(LogLevelNames, AreReadAndWritten) {
  for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    EXPECT_EQ(parse_log_level(to_string(level)), level);
  }
  EXPECT_FALSE(parse_log_level("INFO").has_value());
  EXPECT_FALSE(parse_log_level("").has_value());
}

}  // namespace
}  // namespace tidegate::observe
