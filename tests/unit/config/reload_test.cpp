#include "daemon/config/reload.h"

#include <gtest/gtest.h>

#include "daemon/config/loader.h"
#include "tests/unit/config/config_texts.h"

namespace tidegate::config {
namespace {

constexpr WallTime at(int seconds) { return WallTime(std::chrono::seconds(seconds)); }

/// Writes down what it is asked to do.
class Recorder : public Subscriber {
 public:
  Recorder(std::string name, std::vector<std::string>& calls) : name_(std::move(name)), calls_(calls) {}
  std::optional<std::string> prepare(const Snapshot& next) override {
    calls_.push_back(name_ + " prepare " + std::to_string(next.generation));
    if (on_prepare) on_prepare();
    return refusal;
  }
  void commit(SnapshotPtr next) noexcept override {
    calls_.push_back(name_ + " commit " + std::to_string(next->generation));
  }
  void abandon() noexcept override { calls_.push_back(name_ + " abandon"); }

  std::optional<std::string> refusal;
  std::function<void()> on_prepare;

 private:
  std::string name_;
  std::vector<std::string>& calls_;
};

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    for (auto* subscriber : {&a_, &b_, &c_}) reloader_.subscribe(*subscriber);
  }
  static std::string good(const char* model) { return replace_all(std::string(kGuide), "gpt-4", model); }

  std::string text_{kGuide};
  std::vector<std::string> calls_;
  Recorder a_{"a", calls_}, b_{"b", calls_}, c_{"c", calls_};
  Store store_{load_text(text_, "c.yaml"), at(1)};
  Reloader reloader_{store_, [this] { return load_text(text_, "c.yaml"); }};
};

using Calls = std::vector<std::string>;

TEST_F(ReloadTest, PreparesAllThenCommitsAll) {
  text_ = good("gpt-5");
  const auto outcome = reloader_.reload(at(2));
  EXPECT_EQ(outcome.result, ReloadResult::applied);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.current, store_.current());
  EXPECT_EQ(store_.current()->settings.llm.model, "gpt-5");
  EXPECT_EQ(store_.current()->generation, 2U);
  EXPECT_EQ(store_.current()->loaded_at, at(2));
  EXPECT_EQ(calls_, (Calls{"a prepare 2", "b prepare 2", "c prepare 2", "a commit 2", "b commit 2", "c commit 2"}));
}

TEST_F(ReloadTest, SameSettingsAreUnchanged) {
  const auto first = store_.current();
  text_ = "# another comment\n" + replace_all(text_, "30000", "30s");
  const auto outcome = reloader_.reload(at(2));
  EXPECT_EQ(outcome.result, ReloadResult::unchanged);
  EXPECT_EQ(outcome.current, first);
  EXPECT_EQ(store_.current(), first);
  EXPECT_TRUE(calls_.empty());
}

TEST_F(ReloadTest, ABadFileLeavesTheLastGoodOne) {
  const auto first = store_.current();
  text_ = "llm:\n  provder: openapi\n";
  const auto outcome = reloader_.reload(at(2));
  EXPECT_EQ(outcome.result, ReloadResult::failed);
  EXPECT_EQ(outcome.error,
            "c.yaml:2:3: llm.provder: unknown key, did you mean \"provider\"; expected one of provider, openapi");
  EXPECT_EQ(outcome.current, first);
  ASSERT_TRUE(store_.last_error());
  EXPECT_EQ(store_.last_error()->message, outcome.error);
  EXPECT_EQ(store_.last_error()->line, 2);
  EXPECT_EQ(store_.last_error()->column, 3);
  EXPECT_EQ(store_.last_error()->when, at(2));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(ReloadTest, TheErrorStaysUntilAGoodFile) {
  text_ = "";
  reloader_.reload(at(2));
  reloader_.reload(at(3));
  ASSERT_TRUE(store_.last_error());
  EXPECT_EQ(store_.last_error()->when, at(3));
  text_ = kGuide;
  EXPECT_EQ(reloader_.reload(at(4)).result, ReloadResult::unchanged);
  EXPECT_FALSE(store_.last_error());
}

TEST_F(ReloadTest, ARefusalIsRolledBackInReverseOrder) {
  const auto first = store_.current();
  text_ = good("gpt-5");
  c_.refusal = "the port is taken";
  const auto outcome = reloader_.reload(at(2));
  EXPECT_EQ(outcome.result, ReloadResult::failed);
  EXPECT_EQ(outcome.error, "the port is taken");
  EXPECT_EQ(store_.current(), first);
  ASSERT_TRUE(store_.last_error());
  EXPECT_EQ(store_.last_error()->line, 0);
  EXPECT_EQ(calls_, (Calls{"a prepare 2", "b prepare 2", "c prepare 2", "b abandon", "a abandon"}));

  // The number of a configuration that never was is given again.
  calls_.clear();
  c_.refusal.reset();
  EXPECT_EQ(reloader_.reload(at(3)).result, ReloadResult::applied);
  EXPECT_EQ(store_.current()->generation, 2U);
}

TEST_F(ReloadTest, LaterSubscribersAreNotAskedAfterARefusal) {
  text_ = good("gpt-5");
  a_.refusal = "no";
  reloader_.reload(at(2));
  EXPECT_EQ(calls_, (Calls{"a prepare 2"}));
}

TEST_F(ReloadTest, ASubscriberThatThrowsHasRefused) {
  text_ = good("gpt-5");
  b_.on_prepare = [] { throw std::runtime_error("out of sockets"); };
  const auto outcome = reloader_.reload(at(2));
  EXPECT_EQ(outcome.result, ReloadResult::failed);
  EXPECT_EQ(outcome.error, "out of sockets");
  EXPECT_EQ(calls_, (Calls{"a prepare 2", "b prepare 2", "a abandon"}));
}

TEST_F(ReloadTest, DoesNotRunInsideItself) {
  text_ = good("gpt-5");
  ReloadOutcome inner;
  b_.on_prepare = [&] { inner = reloader_.reload(at(3)); };
  EXPECT_EQ(reloader_.reload(at(2)).result, ReloadResult::applied);
  EXPECT_EQ(inner.result, ReloadResult::failed);
  EXPECT_EQ(inner.error, "a reload is running already");
  EXPECT_EQ(store_.current()->generation, 2U);
  EXPECT_FALSE(store_.last_error());
}

TEST_F(ReloadTest, UnsubscribedOnesAreLeftAlone) {
  text_ = good("gpt-5");
  reloader_.unsubscribe(b_);
  reloader_.reload(at(2));
  EXPECT_EQ(calls_, (Calls{"a prepare 2", "c prepare 2", "a commit 2", "c commit 2"}));
}

TEST_F(ReloadTest, ASnapshotOutlivesItsReplacement) {
  const auto first = store_.current();
  text_ = good("gpt-5");
  reloader_.reload(at(2));
  EXPECT_EQ(first->settings.llm.model, "gpt-4");
  EXPECT_EQ(first->generation, 1U);
}

}  // namespace
}  // namespace tidegate::config
