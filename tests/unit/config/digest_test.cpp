#include "daemon/config/digest.h"

#include <gtest/gtest.h>

#include "tests/unit/config/config_texts.h"
#include "tests/unit/config/temp_folder.h"

namespace tidegate::config {
namespace {

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, IsTheSameForEverySpellingOfTheSameBlock) {
  const auto digest = load_text(kGuide, "c.yaml").digest;
  EXPECT_EQ(digest.size(), 64U);
  const auto with = [](std::string_view from, std::string_view to) {
    return load_text(replace_all(std::string(kGuide), from, to), "other.yaml").digest;
  };
  EXPECT_EQ(with("30000", "30s"), digest);
  EXPECT_EQ(with("    timeout: 30000\n", ""), digest);
  EXPECT_EQ(with("  provider: openapi\n", "  # nothing\n"), digest);
  EXPECT_EQ(with("\"gpt-4\"", "'gpt-4'"), digest);
  EXPECT_EQ(with("https://your-proxy.example.com/v1", "HTTPS://YOUR-proxy.example.com:443/v1/"), digest);
  EXPECT_EQ(with("llm:", "gateway: {name: other}\nllm:"), digest);

  const TempFolder folder;
  const ScopedVariable variable("TIDEGATE_TEST_KEY", "your-proxy-api-key");
  EXPECT_EQ(with("your-proxy-api-key", "${TIDEGATE_TEST_KEY}"), digest);
  EXPECT_EQ(with("your-proxy-api-key", "file:" + folder.write("key", "your-proxy-api-key\n").string()), digest);
}

TEST(Digest, ChangesWithEachValue) {
  const auto digest = load_text(kGuide, "c.yaml").digest;
  for (const auto& [from, to] :
       {std::pair("/v1", "/v2"), {"your-proxy-api-key", "another"}, {"gpt-4", "gpt-5"}, {"30000", "30001"}})
    EXPECT_NE(load_text(replace_all(std::string(kGuide), from, to), "c.yaml").digest, digest) << to;
}

}  // namespace
}  // namespace tidegate::config
