#include "daemon/gateway/body_rules.h"

#include <optional>

#include <gtest/gtest.h>

namespace tidegate::gateway {
namespace {

std::optional<ErrorCode> refusal(std::string_view path, std::vector<Header> headers) {
  http::RequestHead head;
  head.path = path;
  head.headers = std::move(headers);
  head.content_length = 2;
  const auto checked = check_body_type(head);
  return checked ? std::nullopt : std::optional(checked.error().code);
}

TEST(BodyRules, JsonIsTakenEverywhere) {
  for (const std::string_view type : {"application/json", "Application/JSON; charset=utf-8", "application/json ;x=y",
                                      "application/vnd.api+json", "application/merge-patch+JSON"})
    EXPECT_EQ(refusal("/v1/chat/completions", {{"Content-Type", type}}), std::nullopt) << type;
}

TEST(BodyRules, OtherTypesAreRefused) {
  for (const std::string_view type :
       {"", "text/plain", "text/plain; application/json", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/jsonx", "json", "text/json", "application/octet-stream",
        "text/vnd+json"})
    EXPECT_EQ(refusal("/v1/chat/completions", {{"Content-Type", type}}), ErrorCode::unsupported_media) << type;
  EXPECT_EQ(refusal("/v1/chat/completions", {}), ErrorCode::unsupported_media);
}

TEST(BodyRules, MultipartIsTakenWhereFilesGo) {
  for (const std::string_view path : {"/v1/files", "/v1/audio/transcriptions", "/v1/images/edits",
                                      "/v1/images/variations", "/v1/uploads/u_1/parts", "/v1/videos"})
    EXPECT_EQ(refusal(path, {{"Content-Type", "multipart/form-data; boundary=x"}}), std::nullopt) << path;
  EXPECT_EQ(refusal("/v1/embeddings", {{"Content-Type", "multipart/form-data; boundary=x"}}),
            ErrorCode::unsupported_media);
  EXPECT_EQ(refusal("/v1/files", {{"Content-Type", "text/plain"}}), ErrorCode::unsupported_media);
}

TEST(BodyRules, CompressedBodiesAreRefused) {
  for (const std::string_view encoding : {"gzip", "br", "zstd", "deflate", "gzip, identity"})
    EXPECT_EQ(refusal("/v1/x", {{"Content-Type", "application/json"}, {"Content-Encoding", encoding}}),
              ErrorCode::unsupported_encoding)
        << encoding;
  EXPECT_EQ(refusal("/v1/x", {{"Content-Type", "application/json"}, {"Content-Encoding", "Identity"}}), std::nullopt);
}

TEST(BodyRules, WithoutABodyNoTypeIsNeeded) {
  http::RequestHead head;
  head.headers = {{"Content-Encoding", "gzip"}};
  EXPECT_TRUE(check_body_type(head).ok());
  head.content_length = 0;
  EXPECT_TRUE(check_body_type(head).ok());
  head.content_length.reset();
  head.chunked = true;
  EXPECT_FALSE(check_body_type(head).ok());
}

}  // namespace
}  // namespace tidegate::gateway
