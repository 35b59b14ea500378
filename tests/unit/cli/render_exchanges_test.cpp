#include "cli/render_exchanges.h"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

using nlohmann::json;

std::string render(const char* text) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  return render_exchanges(json::parse(text), View{Painter{}, *parse_rfc3339("2026-07-01T12:00:10Z"), "", 80});
}

TEST(RenderExchanges, NothingYet) {
  EXPECT_EQ(render("{}"), "No requests yet.\n");
  EXPECT_EQ(render(R"({"running":[],"recent":[]})"), "No requests yet.\n");
}

TEST(RenderExchanges, RunningAndRecent) {
  EXPECT_EQ(render(R"({"running":[
      {"id":"req_1","client":"openclaw","model":"gpt-4","state":"streaming","age_ms":2300,"attempts":1,"bytes_sent":18234,"waiting_for":null},
      {"id":"req_2","client":"night","model":"gpt-4","state":"waiting","since_ms":1300,"attempts":0,"bytes_sent":0,
       "waiting_for":"a free place","position":1,"deadline_in_ms":298700}],
    "recent":[
      {"id":"req_0","client":"curl","model":"gpt-4","status":200,"outcome":"succeeded","attempts":1,"first_byte_ms":212,"total_ms":3400,"error":null},
      {"id":"req_9","client":"curl","model":"gpt-4","status":504,"outcome":"failed","attempts":4,"first_byte_ms":null,"total_ms":121000,
       "finished_at":"2026-07-01T12:00:00Z","error":{"code":"c","message":"no byte\u0007 for 30 s"}}]})"),
            "On their way (2)\n"
            "STATE        AGE  TRIES   SENT  CLIENT    MODEL  ID\n"
            "streaming  2.3 s      1  18 kB  openclaw  gpt-4  req_1\n"
            "waiting    1.3 s      0    0 B  night     gpt-4  req_2\n"
            "  waits for a free place, place 1, given up in 4 min 58 s\n"
            "\n"
            "Finished last\n"
            "OUTCOME    HTTP  TRIES  FIRST BYTE      TOTAL  CLIENT  MODEL  ID\n"
            "succeeded   200      1      212 ms      3.4 s  curl    gpt-4  req_0\n"
            "failed      504      4           -  2 min 1 s  curl    gpt-4  req_9\n"
            "  no byte\\x07 for 30 s, 10 s ago (12:00:00)\n");
}

TEST(RenderExchanges, ACallWithoutItsClient) {
  EXPECT_EQ(render(R"({"running":[{"id":"req_1","client":"c","model":"m","state":"streaming","age_ms":2300,"attempts":1,
      "bytes_sent":5,"waiting_for":null,"client_left":true},{"id":"req_2","client":"c","model":"m","state":"streaming",
      "age_ms":2300,"attempts":0,"bytes_sent":5,"waiting_for":null,"client_left":false}],"recent":[]})"),
            "On their way (2)\n"
            "STATE        AGE  TRIES  SENT  CLIENT  MODEL  ID\n"
            "streaming  2.3 s      1   5 B  c       m      req_1\n"
            "  its client left, goes on for a retry\n"
            "streaming  2.3 s      0   5 B  c       m      req_2\n");
}

TEST(RenderExchanges, FieldsOfAnotherVersion) {
  EXPECT_EQ(render(R"({"running":[{"new":1},7],"recent":null})"),
            "On their way (2)\n"
            "STATE    AGE  TRIES  SENT  CLIENT  MODEL  ID\n"
            "unknown    -      0   0 B  -       -      -\n"
            "unknown    -      0   0 B  -       -      -\n");
}

}  // namespace
}  // namespace tidegate::cli
