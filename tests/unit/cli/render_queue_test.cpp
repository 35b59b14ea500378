#include "cli/render_queue.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidegate::cli {
namespace {

using nlohmann::json;

std::string render(const char* text) {
  return render_queue(json::parse(text), View{Painter{}, *parse_rfc3339("2026-07-01T12:00:10Z"), "", 100});
}

TEST(RenderQueue, NobodyWaits) {
  EXPECT_EQ(render(R"({"depth":0,"max_depth":1000,"in_flight":1,"max_in_flight":32,"waiting":[],
      "gate":{"circuit":{"state":"closed"},"models":[{"model":"gpt-4","waits_for":"none","not_before_ms":null,
      "per_minute":null,"in_flight":1,"concurrency_limit":32}]}})"),
            "Waiting      0 of 1000; 1 of 32 on their way\n"
            "Proxy        answers\n"
            "gpt-4        1 of 32 at once\n");
}

TEST(RenderQueue, WhoWaitsForWhat) {
  EXPECT_EQ(render(R"({"depth":2,"max_depth":1000,"in_flight":0,"max_in_flight":32,"waiting":[
      {"id":"req_1","position":1,"client":"ide","session":null,"priority":"interactive","model":"gpt-4",
       "waits_for":"rate_limit","waited_ms":300,"not_before_ms":1700},
      {"id":"req_2","position":2,"client":"night","session":"s","priority":"background","model":"gpt-4",
       "waits_for":"slot","waited_ms":250,"not_before_ms":null}],
      "gate":{"circuit":{"state":"open","asked_again_in_ms":2500},"models":[{"model":"gpt-4","waits_for":"rate_limit",
      "not_before_ms":1700,"per_minute":59.6,"in_flight":0,"concurrency_limit":8}]}})"),
            "Waiting      2 of 1000; 0 of 32 on their way\n"
            "Proxy        does not answer, asked again in 2.5 s\n"
            "gpt-4        0 of 8 at once, 60 a minute; waits for the proxy's rate limit, in 1.7 s\n"
            "\n"
            "PLACE  WAITED  FOR                               CLIENT  SESSION  MODEL  ID\n"
            "    1  300 ms  the proxy's rate limit, in 1.7 s  ide     -        gpt-4  req_1\n"
            "    2  250 ms  its turn                          night   s        gpt-4  req_2\n"
            "  background\n");
}

TEST(RenderQueue, AnAnswerWithoutItsPartsIsNoCrash) {
  EXPECT_EQ(render("{}"), "Waiting      0 of 0; 0 of 0 on their way\nProxy        does not answer\n");
}

}  // namespace
}  // namespace tidegate::cli
