#include "daemon/http/response_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/wire.h"

namespace tidegate::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using Answer = std::function<Task<>(ResponseWriter&)>;

struct ResponseWriterTest : testing::Test {
  Wire wire;
  bool must_close = false;
  std::uint64_t bytes_sent = 0;

  Task<> serve(std::shared_ptr<Connection> connection, Answer answer) {
    Result<Connection::Head> head = co_await connection->read_head();
    EXPECT_TRUE(head.ok());
    ResponseWriter response(*connection);
    EXPECT_FALSE(response.started());
    co_await answer(response);
    must_close = response.must_close();
    bytes_sent = response.bytes_sent();
  }
  // What the client sees of the answer to `request_line`.
  std::string answer(const std::string& request_line, Answer with) {
    auto [connection, client] = wire.connect();
    client.send(request_line + "\r\nHost: a\r\n\r\n");
    wire.tasks.spawn(serve(connection, std::move(with)));
    wire.settle();
    return client.receive();
  }
};

Task<> whole(ResponseWriter& response) {
  response.begin(200);
  response.header("X-Text", "a b");
  response.header("X-Number", std::uint64_t{18446744073709551615U});
  co_await response.send_whole("hello");
}

TEST_F(ResponseWriterTest, ASizedAnswerToTheByte) {
  EXPECT_EQ(answer("GET / HTTP/1.1", whole),
            "HTTP/1.1 200 OK\r\nX-Text: a b\r\nX-Number: 18446744073709551615\r\nContent-Length: 5\r\n"
            "Keep-Alive: timeout=75\r\n\r\nhello");
  EXPECT_FALSE(must_close);
  EXPECT_EQ(bytes_sent, 5U);
}

TEST_F(ResponseWriterTest, Http10IsKeptOnlyWhereAsked) {
  EXPECT_THAT(answer("GET / HTTP/1.0", whole), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(must_close);
  EXPECT_THAT(answer("GET / HTTP/1.0\r\nConnection: keep-alive", whole), HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(must_close);
}

Task<> pieces(ResponseWriter& response) {
  response.begin(200, "Fine");
  response.end_head(std::nullopt);
  co_await response.send("hello ", false);
  EXPECT_TRUE(response.started());
  co_await response.send("", false);
  co_await response.send(std::string(26, 'z'), true);
  EXPECT_TRUE(response.complete());
}

TEST_F(ResponseWriterTest, AChunkedAnswerToTheByte) {
  EXPECT_EQ(answer("GET / HTTP/1.1", pieces),
            "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nKeep-Alive: timeout=75\r\n\r\n6\r\nhello \r\n1a\r\n" +
                std::string(26, 'z') + "\r\n0\r\n\r\n");
  EXPECT_FALSE(must_close);
  EXPECT_EQ(bytes_sent, 32U);
}

TEST_F(ResponseWriterTest, WithoutChunksTheConnectionsEndIsTheAnswersEnd) {
  EXPECT_EQ(answer("GET / HTTP/1.0\r\nConnection: keep-alive", pieces),
            "HTTP/1.1 200 Fine\r\nConnection: close\r\n\r\nhello " + std::string(26, 'z'));
  EXPECT_TRUE(must_close);
}

TEST_F(ResponseWriterTest, HeadGetsNoBody) {
  EXPECT_THAT(answer("HEAD / HTTP/1.1", whole), HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(answer("HEAD / HTTP/1.1", whole), EndsWith("\r\n\r\n"));
  EXPECT_EQ(bytes_sent, 0U);
  EXPECT_FALSE(must_close);
  EXPECT_THAT(answer("HEAD / HTTP/1.1", pieces), EndsWith("timeout=75\r\n\r\n"));
  EXPECT_THAT(answer("HEAD / HTTP/1.1", pieces), Not(HasSubstr("chunked")));
}

TEST_F(ResponseWriterTest, AStatusWithoutABodyHasNeitherBodyNorLength) {
  const auto text = answer("GET / HTTP/1.1", [](ResponseWriter& response) -> Task<> {
    response.begin(204);
    co_await response.send_whole("");
  });
  EXPECT_EQ(text, "HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=75\r\n\r\n");
}

TEST_F(ResponseWriterTest, AnAnswerWithoutItsEndMustClose) {
  const auto text = answer("GET / HTTP/1.1", [](ResponseWriter& response) -> Task<> {
    response.begin(200);
    response.end_head(std::nullopt);
    co_await response.send("half", false);
  });
  EXPECT_THAT(text, EndsWith("4\r\nhalf\r\n"));
  EXPECT_TRUE(must_close);
}

TEST_F(ResponseWriterTest, CloseAfterIsTold) {
  const auto text = answer("GET / HTTP/1.1", [](ResponseWriter& response) -> Task<> {
    response.close_after();
    response.begin(599);
    co_await response.send_whole("");
  });
  EXPECT_EQ(text, "HTTP/1.1 599 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(must_close);
}

TEST(ReasonPhrase, IsThereForEachStatusThatWeSend) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto status = error_info(static_cast<ErrorCode>(code)).http_status;
    if (status != 499) {  // told to nobody
      EXPECT_NE(reason_phrase(status), "") << status;
    }
  }
  EXPECT_EQ(reason_phrase(299), "");
}

}  // namespace
}  // namespace tidegate::http
