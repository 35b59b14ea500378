#include "daemon/http/request_checks.h"

#include <string>

#include <gtest/gtest.h>

#include "daemon/http/limits.h"
#include "daemon/http/request_parser.h"

namespace tidegate::http {
namespace {

using namespace std::string_literals;

struct Case {
  const char* name;
  std::string raw;
  ErrorCode code = ErrorCode::bad_request;
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

std::string post(const std::string& fields) { return "POST /v1/x HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"; }
std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, IsRefused) {
  RequestHead head;
  head.raw = GetParam().raw;
  const auto parsed = parse_request_head(head);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, GetParam().code) << parsed.error().message;
  EXPECT_FALSE(parsed.error().message.empty());
}

std::string many_fields(std::size_t count) {
  std::string fields;
  for (std::size_t i = 0; i < count; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
  return fields;
}

const Case kRefused[] = {
    {"length and coding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
    {"coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")},
    {"conflicting lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n")},
    {"doubled length", post("Content-Length: 3\r\nContent-Length: 3\r\n")},
    {"list of lengths", post("Content-Length: 3, 3\r\n")},
    {"signed length", post("Content-Length: +3\r\n")},
    {"negative length", post("Content-Length: -3\r\n")},
    {"hexadecimal length", post("Content-Length: 0x3\r\n")},
    {"empty length", post("Content-Length: \r\n")},
    {"overflowing length", post("Content-Length: 18446744073709551616\r\n")},
    {"length with a tail", post("Content-Length: 3 4\r\n")},
    {"obs-fold", post("X-A: 1\r\n 2\r\n")},
    {"obs-fold with a tab", post("X-A: 1\r\n\t2\r\n")},
    {"obs-fold of the request line", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"},
    {"NUL in a value", post("X-A: a\0b\r\n"s)},
    {"NUL in a name", post("X\0A: b\r\n"s)},
    {"NUL in the target", "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n"s},
    {"bare CR in a value", post("X-A: a\rb\r\n")},
    {"bare CR before the line's end", post("X-A: a\r\r\n")},
    {"bare LF ends a line", post("X-A: a\nX-B: b\r\n")},
    {"bare LF behind the request line", "GET / HTTP/1.1\nHost: localhost\r\n\r\n"},
    {"blank before the colon", post("X-A : 1\r\n")},
    {"tab before the colon", post("Transfer-Encoding\t: chunked\r\n")},
    {"blank in a name", post("X A: 1\r\n")},
    {"no name", post(": 1\r\n")},
    {"no colon", post("XA\r\n")},
    {"control byte in a name", post("X\x01: 1\r\n")},
    {"control byte in a value", post("X-A: \x01\r\n")},
    {"unknown coding", post("Transfer-Encoding: gzip\r\n")},
    {"gzip and chunked", post("Transfer-Encoding: gzip, chunked\r\n")},
    {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n")},
    {"two coding fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
    {"chunked and identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")},
    {"identity", post("Transfer-Encoding: identity\r\n")},
    {"chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n")},
    {"something like chunked", post("Transfer-Encoding: xchunked\r\n")},
    {"empty coding", post("Transfer-Encoding:\r\n")},
    {"coding in 1.0", "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"content_length", post("content_length: 3\r\n")},
    {"Transfer_Encoding", post("Transfer_Encoding: chunked\r\n")},
    {"no Host", get("/", "Accept: */*\r\n")},
    {"two Hosts", get("/", "Host: localhost\r\nHost: localhost\r\n")},
    {"two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"empty Host", get("/", "Host:\r\n")},
    {"Host with user", get("/", "Host: me@localhost\r\n")},
    {"Host with a path", get("/", "Host: localhost/x\r\n")},
    {"dot segments", get("/v1/../admin", "Host: localhost\r\n")},
    {"dot segments at the end", get("/v1/..", "Host: localhost\r\n")},
    {"a dot segment", get("/v1/./x", "Host: localhost\r\n")},
    {"encoded dot segments", get("/v1/%2E%2e/admin", "Host: localhost\r\n")},
    {"half encoded dot segments", get("/v1/.%2e/admin", "Host: localhost\r\n")},
    {"Host list", get("/", "Host: a, b\r\n")},
    {"authority is not Host", get("http://evil.example/x", "Host: localhost\r\n")},
    {"authority with user", get("http://me@localhost/x", "Host: localhost\r\n")},
    {"authority without Host", "GET http://localhost/ HTTP/1.0\r\n\r\n"},
    {"no authority", get("http:///x", "Host: localhost\r\n")},
    {"other scheme", get("ftp://localhost/x", "Host: localhost\r\n")},
    {"relative target", get("v1/models", "Host: localhost\r\n")},
    {"authority-form", "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n"},
    {"star without OPTIONS", get("*", "Host: localhost\r\n")},
    {"fragment", get("/x#y", "Host: localhost\r\n")},
    {"fragment in the query", get("/x?y#z", "Host: localhost\r\n")},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: localhost\r\n\r\n"},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\n"},
    {"HTTP/0.9", "GET /\r\n\r\n"},
    {"no method", " / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"method with a colon", "GE:T / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"TLS hello", "\x16\x03\x01\x02\x00\x01\xfc\r\n\r\n"s},
    {"other expectation", post("Expect: 200-ok\r\n"), ErrorCode::expectation_failed},
    {"too many fields", post(many_fields(Limits::kMaxHeaders)), ErrorCode::head_too_large},
    {"too many bytes", post("X-A: " + std::string(Limits::kMaxHead, 'a') + "\r\n"), ErrorCode::head_too_large},
};
INSTANTIATE_TEST_SUITE_P(Table, Refused, testing::ValuesIn(kRefused));

class Taken : public testing::TestWithParam<Case> {};

TEST_P(Taken, IsTaken) {
  RequestHead head;
  head.raw = GetParam().raw;
  const auto parsed = parse_request_head(head);
  EXPECT_TRUE(parsed.ok()) << parsed.error().message;
}

const Case kTaken[] = {
    {"plain", post("")},
    {"length", post("Content-Length: 3\r\n")},
    {"length with blanks around", post("Content-Length: \t3 \r\n")},
    {"largest length", post("Content-Length: 18446744073709551615\r\n")},
    {"chunked", post("Transfer-Encoding: chunked\r\n")},
    {"chunked in capitals", post("TRANSFER-ENCODING: Chunked\r\n")},
    {"no blank behind the colon", post("X-A:1\r\n")},
    {"empty value", post("X-A:\r\n")},
    {"colon in a value", post("X-A: a:b c:d\r\n")},
    {"bytes over 127 in a value", post("X-A: gr\xc3\xbc\xc3\x9f\r\n")},
    {"Host with a port", get("/", "Host: localhost:8433\r\n")},
    {"Host is IPv6", get("/", "Host: [::1]:8433\r\n")},
    {"1.0 without Host", "GET / HTTP/1.0\r\n\r\n"},
    {"empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"OPTIONS star", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"most fields", post(many_fields(Limits::kMaxHeaders - 1))},
};
INSTANTIATE_TEST_SUITE_P(Table, Taken, testing::ValuesIn(kTaken));

TEST(RawHead, IsBoundedToTheByte) {
  const std::string frame = "GET / HTTP/1.1\r\nX: \r\n\r\n";
  const auto head_of = [&](std::size_t size) {
    auto raw = frame;
    return raw.insert(frame.size() - 4, size - frame.size(), 'a');
  };
  EXPECT_TRUE(check_raw_head(head_of(Limits::kMaxHead)).ok());
  const auto over = check_raw_head(head_of(Limits::kMaxHead + 1));
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, ErrorCode::head_too_large);
}

TEST(RawHead, AnErrorDoesNotCarryControlBytesOn) {
  RequestHead head;
  head.version = 11;
  head.headers = {{"content_length\x1b[2J", "3"}, {"Host", "localhost"}};
  head.target = "/";
  auto refused = check_request(head);
  EXPECT_TRUE(refused.ok()) << "another name";
  head.headers[0].name = "content_length";
  refused = check_request(head);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("content_length"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::http
