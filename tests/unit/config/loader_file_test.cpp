#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/limits.h"
#include "daemon/config/loader.h"
#include "tests/unit/config/config_texts.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::config {
namespace {

std::string refusal_of_file(const std::filesystem::path& path) {
  try {
    load_file(path);
    return {};
  } catch (const ConfigError& error) {
    if (error.line() != 0 || error.column() != 0) return std::string("has a place: ") + error.what();
    return error.what();
  }
}

std::vector<std::string> warnings_of(const std::filesystem::path& path) {
  std::vector<std::string> codes;
  for (const auto& warning : load_file(path).warnings) codes.push_back(warning.code);
  return codes;
}

TEST(LoadFile, ReadsAFile) {
  const TempFolder folder;
  const auto file = folder.write("config.yaml", kGuide);
  const auto snapshot = load_file(file);
  EXPECT_EQ(snapshot.settings, load_text(kGuide, file).settings);
  EXPECT_EQ(snapshot.path, file);
  EXPECT_TRUE(snapshot.warnings.empty());
}

TEST(LoadFile, RefusesWhatIsNoReadableFile) {
  const TempFolder folder;
  const auto missing = folder.path() / "missing.yaml";
  EXPECT_EQ(
      refusal_of_file(missing),
      missing.string() + ": it cannot be opened (No such file or directory); expected a file that this user can read");
  EXPECT_EQ(refusal_of_file(folder.path()), folder.path().string() + ": it is a directory; expected a regular file");
  const auto fifo = folder.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(refusal_of_file(fifo), fifo.string() + ": it is a pipe, socket or device; expected a regular file");
  const auto large = folder.write("large.yaml", std::string(kMaxFileBytes + 1, '#'));
  EXPECT_EQ(refusal_of_file(large), large.string() + ": it is larger than 1048576 bytes; expected a smaller file");
}

TEST(LoadFile, RefusesAFileThatThisUserMayNotRead) {
  const TempFolder folder;
  const auto file = folder.write("config.yaml", kGuide, 0000);
  constexpr uid_t kNobody = 65'534;
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto what = refusal_of_file(file);
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(what, file.string() + ": it cannot be opened (Permission denied); expected a file that this user can read");
}

TEST(LoadFile, WarnsOfAPlainKeyThatOthersCanRead) {
  const TempFolder folder;
  const auto file = folder.write("it's.yaml", kGuide, 0644);
  const auto warnings = load_file(file).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "config_readable_by_others");
  EXPECT_NE(warnings[0].message.find("chmod 600 "), std::string::npos);
  EXPECT_NE(warnings[0].message.find(folder.path().string()), std::string::npos);
  EXPECT_EQ(warnings[0].message.find("your-proxy-api-key"), std::string::npos);
  EXPECT_EQ(warnings_of(folder.write("group.yaml", kGuide, 0640)),
            std::vector<std::string>{"config_readable_by_others"});
  EXPECT_TRUE(warnings_of(folder.write("own.yaml", kGuide, 0600)).empty());
  EXPECT_TRUE(warnings_of(folder.write("writable.yaml", kGuide, 0622)).empty());
}

TEST(LoadFile, DoesNotWarnWhereTheKeyIsElsewhere) {
  const TempFolder folder;
  const ScopedVariable variable("TIDEGATE_TEST_KEY", "sk-from-environment");
  const auto text = replace_all(std::string(kGuide), "your-proxy-api-key", "${TIDEGATE_TEST_KEY}");
  EXPECT_TRUE(warnings_of(folder.write("config.yaml", text, 0644)).empty());
  // A client's key is a key too.
  EXPECT_EQ(warnings_of(folder.write("clients.yaml", text + "gateway: {clients: [{name: a, key: k}]}\n", 0644)),
            std::vector<std::string>{"config_readable_by_others"});
}

TEST(LoadFile, WarnsOfKeyFilesThatOthersCanRead) {
  const TempFolder folder;
  const auto key = folder.write("key", "sk-from-file\n", 0604);
  const auto text = replace_all(std::string(kGuide), "your-proxy-api-key", "file:" + key.string());
  const auto snapshot = load_file(folder.write("config.yaml", text));
  EXPECT_EQ(snapshot.settings.llm.api_key.reveal(), "sk-from-file");
  ASSERT_EQ(snapshot.warnings.size(), 1U);
  EXPECT_EQ(snapshot.warnings[0].code, "key_file_readable_by_others");
  EXPECT_NE(snapshot.warnings[0].message.find("chmod 600 '" + key.string() + "'"), std::string::npos);
  EXPECT_EQ(snapshot.warnings[0].message.find("sk-from-file"), std::string::npos);

  const auto pem = folder.write("key.pem", "", 0644).string();
  EXPECT_EQ(warnings_of(folder.write(
                "tls.yaml", std::string(kGuide) + "upstream: {clientCert: " + pem + ", clientKey: " + pem + "}\n")),
            std::vector<std::string>{"client_key_readable_by_others"});
}

TEST(DefaultConfigPath, TriesTheVariableThenTheHome) {
  const TempFolder folder;
  const char* old = std::getenv("HOME");
  const std::string home = old == nullptr ? "" : old;
  {
    const ScopedVariable variable("HOME", folder.path().string());
    const auto own = folder.path() / ".openclaw" / "config.yaml";
    if (!std::filesystem::exists("/etc/tidegate/config.yaml")) {
      EXPECT_EQ(default_config_path(), own);
    }
    std::filesystem::create_directory(folder.path() / ".openclaw");
    folder.write(".openclaw/config.yaml", kGuide);
    EXPECT_EQ(default_config_path(), own);
    const ScopedVariable named("TIDEGATE_CONFIG", "/some/where.yaml");
    EXPECT_EQ(default_config_path(), "/some/where.yaml");
  }
  if (old != nullptr) ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace tidegate::config
