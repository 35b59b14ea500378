#include "daemon/gateway/authenticator.h"

#include <gtest/gtest.h>

namespace tidegate::gateway {
namespace {

const std::vector<config::Client> kClients{{"ide", Secret("key-of-ide")}, {"bot", Secret("key-of-bot")}};
const http::Peer kTcp{};
const http::Peer kLocal{true, 1000};

http::RequestHead& with(http::RequestHead& head, std::string_view name, std::string_view value) {
  head.headers.push_back({name, value});
  return head;
}

std::string who(std::string_view name, std::string_view value, const http::Peer& peer = kTcp) {
  http::RequestHead head;
  const auto principal = authenticate(with(head, name, value), peer, kClients);
  return principal ? std::string(principal->name) : "refused";
}

TEST(Authenticator, WithoutClientsEverybodyMay) {
  http::RequestHead head;
  EXPECT_TRUE(authenticate(head, kTcp, {}).ok());
  EXPECT_TRUE(authenticate(with(head, "Authorization", "Bearer anything"), kTcp, {}).ok());
}

TEST(Authenticator, KnowsAClientByEitherField) {
  EXPECT_EQ(who("Authorization", "Bearer key-of-ide"), "ide");
  EXPECT_EQ(who("authorization", "bEaReR   key-of-bot "), "bot");
  EXPECT_EQ(who("X-Api-Key", "key-of-bot"), "bot");
}

TEST(Authenticator, RefusesWhatIsNoKey) {
  for (const std::string_view value : {"Bearer key-of-id", "Bearer key-of-ide2", "Bearer KEY-OF-IDE", "Bearer",
                                       "Bearer ", "Basic key-of-ide", "key-of-ide", ""})
    EXPECT_EQ(who("Authorization", value), "refused") << value;
  EXPECT_EQ(who("x-api-key", ""), "refused");
  EXPECT_EQ(who("api-key", "key-of-ide"), "refused");
}

TEST(Authenticator, TheErrorNamesTheReasonAndNoKey) {
  http::RequestHead head;
  const auto none = authenticate(head, kTcp, kClients);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::unauthorized);
  EXPECT_NE(none.error().message.find("none was sent"), std::string::npos);
  const auto wrong = authenticate(with(head, "x-api-key", "wrong-key"), kTcp, kClients);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message.find("wrong-key"), std::string::npos);
  EXPECT_EQ(wrong.error().message.find("key-of"), std::string::npos);
}

TEST(Authenticator, OnTheUnixSocketNoKeyIsNeededButAKeyGivesTheName) {
  EXPECT_EQ(who("Accept", "x", kLocal), "local");
  EXPECT_EQ(who("x-api-key", "wrong", kLocal), "local");
  EXPECT_EQ(who("x-api-key", "key-of-bot", kLocal), "bot");
}

}  // namespace
}  // namespace tidegate::gateway
