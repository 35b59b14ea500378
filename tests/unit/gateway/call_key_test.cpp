#include "daemon/gateway/call_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::gateway {
namespace {

using testing::HasSubstr;

struct CallKeyTest : testing::Test {
  CallKeyTest() {
    head.method = "POST";
    head.path = "/v1/x";
    head.headers.push_back({"Idempotency-Key", "k"});
  }
  CallKey good(std::string_view client = "", std::string_view body = "{}") {
    auto key = call_key(head, client, body);
    EXPECT_TRUE(key.ok());
    return key ? *key : CallKey{};
  }
  void expect_refused(std::string_view why) {
    const auto key = call_key(head, "", "{}");
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.error().code, ErrorCode::idempotency_invalid);
    EXPECT_THAT(key.error().message, HasSubstr(why));
    EXPECT_EQ(call_name(head, ""), "");
  }
  void set_key(std::string_view value) { head.headers[0].value = value; }

  http::RequestHead head;
};

TEST_F(CallKeyTest, MethodTargetAndBodyMakeTheRequest) {
  const auto key = good();
  EXPECT_TRUE(key.same_request(good()));
  EXPECT_FALSE(key.same_request(good("", "{} ")));
  head.query = "?a";
  EXPECT_FALSE(key.same_request(good()));
  head.query = "";
  head.method = "PUT";
  EXPECT_FALSE(key.same_request(good()));
  EXPECT_EQ(key.name, good().name);
}

TEST_F(CallKeyTest, FieldsDoNotMakeTheRequest) {
  const auto key = good();
  head.headers.push_back({"x-stainless-retry-count", "1"});
  EXPECT_TRUE(key.same_request(good()));
}

TEST_F(CallKeyTest, EachClientHasItsOwnKeys) {
  EXPECT_NE(good("a").name, good("b").name);
  EXPECT_NE(good("").name, good("a").name);
  const auto plain = good("a").name;
  set_key("ak");
  EXPECT_NE(good("").name, plain);
}

TEST_F(CallKeyTest, TheNameIsKnownWithoutTheBody) { EXPECT_EQ(call_name(head, "a"), good("a").name); }

TEST_F(CallKeyTest, AnEmptyKeyIsNone) {
  set_key("");
  EXPECT_FALSE(good());
  EXPECT_EQ(call_name(head, ""), "");
}

TEST_F(CallKeyTest, WhatOnlyReadsHasNone) {
  for (const auto* method : {"GET", "HEAD"}) {
    head.method = method;
    EXPECT_FALSE(good()) << method;
    EXPECT_EQ(call_name(head, ""), "") << method;
  }
}

TEST_F(CallKeyTest, LongKeysAreRefused) {
  const std::string longest(CallKey::kMaxKey, 'k');
  set_key(longest);
  EXPECT_TRUE(good());
  const std::string longer = longest + "k";
  set_key(longer);
  expect_refused("255");
}

TEST_F(CallKeyTest, ControlCharactersAreRefused) {
  for (const auto* key : {"a\tb", "\x01", "a\x7f"}) {
    set_key(key);
    expect_refused("control");
  }
  set_key("schlüssel");
  EXPECT_TRUE(good());
}

TEST_F(CallKeyTest, TwoKeysAreRefused) {
  head.headers.push_back({"idempotency-KEY", "k"});
  expect_refused("more than one");
}

}  // namespace
}  // namespace tidegate::gateway
