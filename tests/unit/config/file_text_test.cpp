#include "daemon/config/file_text.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/config/refusal.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::config {
namespace {

TEST(ReadFile, TakesUpToTheLimitAndNotAByteMore) {
  const TempFolder folder;
  const auto file = folder.write("a", std::string(20'000, 'x'));
  EXPECT_EQ(read_file(file, 20'000).text.size(), 20'000U);
  EXPECT_THROW(read_file(file, 19'999), ValueError);
  EXPECT_EQ(read_file(folder.write("empty", ""), 0).text, "");
}

TEST(ReadFile, SaysWhoElseCanRead) {
  const TempFolder folder;
  EXPECT_FALSE(read_file(folder.write("own", "", 0600), 1).exposed);
  EXPECT_TRUE(read_file(folder.write("group", "", 0640), 1).exposed);
  EXPECT_TRUE(read_file(folder.write("others", "", 0604), 1).exposed);
  EXPECT_TRUE(check_readable(folder.write("both", "", 0644)));
}

TEST(ReadFile, GroupOfSomebodyElsesFileIsHowAServiceReadsIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  constexpr uid_t kNobody = 65'534;
  const TempFolder folder;
  const auto file = folder.write("root", "", 0640);
  ASSERT_EQ(::chown(file.c_str(), 0, ::getegid()), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::seteuid(kNobody), 0);
  const bool exposed = check_readable(file);
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_FALSE(exposed);
}

}  // namespace
}  // namespace tidegate::config
