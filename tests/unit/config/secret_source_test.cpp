#include "daemon/config/secret_source.h"

#include <gtest/gtest.h>

#include "daemon/config/limits.h"
#include "daemon/config/refusal.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::config {
namespace {

std::optional<std::string> environment(const char* name) {
  if (std::string_view(name) == "KEY_1") return "sk-env";
  if (std::string_view(name) == "EMPTY") return "";
  if (std::string_view(name) == "BROKEN") return "sk-env\r\nX-Evil: 1";
  return std::nullopt;
}

std::string refusal(const std::string& spelling) {
  try {
    resolve_secret(spelling, environment);
    return {};
  } catch (const ValueError& error) {
    return error.what();
  }
}

TEST(SecretSource, PlainKeysStandForThemselves) {
  for (const auto* key : {"sk-abc", "Bearer", "$KEY_1", "a${KEY_1}", "files:/x", "http://x", "=+/~"}) {
    const auto resolved = resolve_secret(key, environment);
    EXPECT_EQ(resolved.secret.reveal(), key);
    EXPECT_EQ(resolved.origin, SecretOrigin::plain);
  }
}

TEST(SecretSource, VariablesAreLookedUp) {
  const auto resolved = resolve_secret("${KEY_1}", environment);
  EXPECT_EQ(resolved.secret.reveal(), "sk-env");
  EXPECT_EQ(resolved.origin, SecretOrigin::environment);
  for (const auto* name : {"${EMPTY}", "${MISSING}"})
    EXPECT_NE(refusal(name).find("is not set or empty; expected the key"), std::string::npos) << name;
  for (const auto* name : {"${", "${}", "${1A}", "${A-B}", "${A", "${A}B", "${A B}"})
    EXPECT_NE(refusal(name).find("is no variable's name"), std::string::npos) << name;
}

TEST(SecretSource, NoKeyCanEndTheHeaderItIsSentIn) {
  EXPECT_EQ(refusal("${BROKEN}"),
            "the key has a blank, a control character or a character outside ASCII; expected visible ASCII characters");
  for (const auto* key : {"a b", "a\nb", "a\rb", "a\tb", "a\x7f", "\xc3\xa9", " a"})
    EXPECT_NE(refusal(key).find("expected visible ASCII"), std::string::npos);
}

TEST(SecretSource, FilesGiveTheirFirstLine) {
  const TempFolder folder;
  const auto spelled = [&](const char* name, std::string_view text) {
    return "file:" + folder.write(name, text).string();
  };
  for (const auto* text : {"sk-file", "sk-file\n", "sk-file\r\n", "sk-file\nsecond line\n"}) {
    const auto resolved = resolve_secret(spelled("key", text), environment);
    EXPECT_EQ(resolved.secret.reveal(), "sk-file");
    EXPECT_EQ(resolved.origin, SecretOrigin::file);
    EXPECT_FALSE(resolved.exposed);
  }
  EXPECT_TRUE(resolve_secret("file:" + folder.write("open", "k", 0644).string(), environment).exposed);
  EXPECT_NE(refusal(spelled("empty", "\n")).find("the key is empty"), std::string::npos);
  EXPECT_NE(refusal(spelled("large", std::string(kMaxSecretFileBytes + 1, 'k'))).find("it is larger than 65536 bytes"),
            std::string::npos);
  const auto blank = refusal(spelled("blank", "sk-secret x\n"));
  EXPECT_NE(blank.find("expected visible ASCII"), std::string::npos);
  EXPECT_EQ(blank.find("sk-secret"), std::string::npos);
  EXPECT_NE(refusal("file:/" + std::string(kMaxPathBytes, 'x')).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::config
