#include "tests/support/sim/answer_writer.h"

#include <gtest/gtest.h>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

namespace tidegate::sim {
namespace {

/// Takes everything at once; pauses cost nothing.
class FakeLink final : public Link {
 public:
  asio::awaitable<bool> send(std::string_view bytes) override {
    if (sends_until_gone == 0) co_return false;
    --sends_until_gone;
    sent.emplace_back(bytes);
    co_return true;
  }
  asio::awaitable<bool> pause(std::chrono::milliseconds duration) override {
    paused += duration;
    co_return true;
  }
  asio::awaitable<void> until_gone() override {
    waited_for_end = true;
    co_return;
  }

  [[nodiscard]] std::string all() const {
    std::string out;
    for (const auto& part : sent) out += part;
    return out;
  }
  [[nodiscard]] std::string body() const { return all().substr(all().find("\r\n\r\n") + 4); }

  std::vector<std::string> sent;
  std::chrono::milliseconds paused{0};
  int sends_until_gone = 10'000;
  bool waited_for_end = false;
};

Answer stream_answer(const char* faults = "") {
  auto script = std::make_shared<SseScript>();
  script->opening = {"open"};
  script->delta_before = "<";
  script->delta_after = ">";
  script->text = SampleText::fragments("abc", 1);
  script->closing = {"end"};
  Reply reply;
  reply.script = script;
  auto answer = reply_answer(reply);
  auto parsed = std::make_shared<Faults>();
  const auto groups = parse_faults(faults);
  for (const auto& group : *groups) group.apply(*parsed);
  answer.faults = parsed;
  return answer;
}

Answer whole_answer(const char* faults) {
  auto answer = stream_answer(faults);
  auto whole = text_answer(200, "0123456789abcdef");
  whole.faults = answer.faults;
  return whole;
}

class AnswerWriter : public testing::Test {
 protected:
  Ending write(Answer answer) {
    Ending ending{};
    asio::io_context loop;
    asio::co_spawn(
        loop,
        [&]() -> asio::awaitable<void> {
          const HeadFacts facts{"DATE", "7", true};
          ending = co_await write_answer(link_, request_, answer, facts);
        },
        asio::detached);
    loop.run();
    return ending;
  }

  FakeLink link_;
  Request request_;
};

TEST_F(AnswerWriter, LastBytesAndEndAreOneWrite) {
  EXPECT_EQ(write(stream_answer()), Ending::keep_alive);
  EXPECT_EQ(link_.body(), "4\r\nopen\r\n3\r\n<a>\r\n3\r\n<b>\r\n3\r\n<c>\r\n3\r\nend\r\n0\r\n\r\n");
  EXPECT_EQ(link_.sent.size(), 5U);
  EXPECT_EQ(link_.sent.back(), "3\r\nend\r\n0\r\n\r\n");
}

TEST_F(AnswerWriter, TokensArePaced) {
  auto answer = stream_answer();
  answer.first_token_delay = std::chrono::milliseconds(100);
  answer.token_delay = std::chrono::milliseconds(10);
  write(std::move(answer));
  EXPECT_EQ(link_.paused, std::chrono::milliseconds(120));
}

TEST_F(AnswerWriter, BreaksInTheMiddle) {
  EXPECT_EQ(write(stream_answer("reset-after=2")), Ending::reset);
  EXPECT_EQ(link_.body(), "4\r\nopen\r\n3\r\n<a>\r\n");
  link_.sent.clear();
  EXPECT_EQ(write(stream_answer("cut-after=99")), Ending::close);
  EXPECT_EQ(link_.body().find("end"), std::string::npos) << "too late a break comes before the last chunk";
  link_.sent.clear();
  EXPECT_EQ(write(stream_answer("stall-after=1")), Ending::aborted);
  EXPECT_TRUE(link_.waited_for_end);
  link_.sent.clear();
  EXPECT_EQ(write(stream_answer("malformed-chunk=1")), Ending::close);
  EXPECT_NE(link_.body().find("zz\r\n"), std::string::npos);
}

TEST_F(AnswerWriter, BreaksWholeBodies) {
  EXPECT_EQ(write(whole_answer("cut-after=2")), Ending::close);
  EXPECT_EQ(link_.body(), "01234567");
  EXPECT_NE(link_.all().find("Content-Length: 16\r\n"), std::string::npos);
  link_.sent.clear();
  EXPECT_EQ(write(whole_answer("truncate=5")), Ending::close);
  EXPECT_EQ(link_.body(), "0123456789a");
}

TEST_F(AnswerWriter, CloseDelimited) {
  EXPECT_EQ(write(whole_answer("close-delimited")), Ending::close);
  EXPECT_EQ(link_.body(), "0123456789abcdef");
  EXPECT_EQ(link_.all().find("Content-Length"), std::string::npos);
  EXPECT_EQ(link_.all().find("chunked"), std::string::npos);
  link_.sent.clear();
  EXPECT_EQ(write(stream_answer("close-delimited-cut")), Ending::close);
  EXPECT_EQ(link_.body(), "open<a>");
}

TEST_F(AnswerWriter, Http10HasNoChunks) {
  request_.http10 = true;
  EXPECT_EQ(write(stream_answer()), Ending::close);
  EXPECT_EQ(link_.body(), "open<a><b><c>end");
}

TEST_F(AnswerWriter, HeadAnd204HaveNoBody) {
  request_.method = "HEAD";
  EXPECT_EQ(write(whole_answer("")), Ending::keep_alive);
  EXPECT_EQ(link_.body(), "");
  request_.method = "GET";
  auto empty = whole_answer("");
  empty.status = 204;
  link_.sent.clear();
  EXPECT_EQ(write(std::move(empty)), Ending::keep_alive);
  EXPECT_EQ(link_.body(), "");
}

TEST_F(AnswerWriter, BeforeTheHead) {
  EXPECT_EQ(write(whole_answer("reset,delay=3s")), Ending::reset);
  EXPECT_EQ(link_.paused, std::chrono::seconds(3));
  EXPECT_EQ(write(whole_answer("close")), Ending::close);
  EXPECT_EQ(write(whole_answer("silence")), Ending::aborted);
  EXPECT_TRUE(link_.sent.empty());
}

TEST_F(AnswerWriter, ClientsThatHangUpAreAborts) {
  link_.sends_until_gone = 2;
  EXPECT_EQ(write(stream_answer()), Ending::aborted);
  link_.sends_until_gone = 50;
  EXPECT_EQ(write(whole_answer("endless-head")), Ending::aborted);
  EXPECT_EQ(link_.sends_until_gone, 0);
}

TEST_F(AnswerWriter, TrailersAndSlowHeads) {
  EXPECT_EQ(write(whole_answer("trailers")), Ending::keep_alive);
  EXPECT_EQ(link_.body(), "10\r\n0123456789abcdef\r\n0\r\nX-Sim-Trailer: told at the end\r\n\r\n");
  link_.sent.clear();
  EXPECT_EQ(write(whole_answer("slow-head=1ms")), Ending::keep_alive);
  EXPECT_EQ(link_.sent[0], "H");
  EXPECT_EQ(link_.body(), "0123456789abcdef");
}

}  // namespace
}  // namespace tidegate::sim
