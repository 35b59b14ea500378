#include "tests/simulation/table.h"

#include <fmt/format.h>

namespace tidegate::simulation {

Aim aim_of(Knowledge knowledge) {
  switch (knowledge) {
    case Knowledge::configured: return {0.97, 0.01};
    case Knowledge::retry_after:
    case Knowledge::headers: return {0.93, 0.03};
    case Knowledge::silent: return {0.85, 0.05};
    case Knowledge::sdk: return {};
  }
  return {};
}

std::string missed(const Scenario& scenario, const Figures& figures) {
  if (scenario.knowledge == Knowledge::sdk) return {};
  const auto aim = aim_of(scenario.knowledge);
  std::string out;
  const auto miss = [&out](bool is, std::string_view what) {
    if (is) out += fmt::format("{}{}", out.empty() ? "" : ", ", what);
  };
  miss(figures.useful < aim.useful, "useful");
  miss(figures.refused > aim.refused, "429");
  miss(figures.fairness < 0.95, "fairness");
  miss(figures.lost > 0, "lost");
  if (figures.outage) {
    miss(figures.outage->calls > 0.25, "calls in the outage");
    miss(figures.outage->first_good_s < 0 || figures.outage->first_good_s > 5, "first good answer");
    miss(figures.outage->peak > 2, "peak");
  }
  return out;
}

std::string_view name_of(Limiter limiter) {
  switch (limiter) {
    case Limiter::token_bucket: return "bucket";
    case Limiter::fixed_window: return "fixed";
    case Limiter::sliding_window: return "sliding";
  }
  return "?";
}

std::string_view name_of(Knowledge knowledge) {
  switch (knowledge) {
    case Knowledge::configured: return "configured";
    case Knowledge::retry_after: return "Retry-After";
    case Knowledge::headers: return "x-ratelimit";
    case Knowledge::silent: return "silent";
    case Knowledge::sdk: return "(SDK)";
  }
  return "?";
}

std::string_view name_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::none: return "-";
    case Trouble::churn: return "churn";
    case Trouble::outage: return "outage";
  }
  return "?";
}

std::vector<Scenario> whole_table() {
  std::vector<Scenario> table;
  for (const auto trouble : {Trouble::none, Trouble::churn, Trouble::outage})
    for (const auto knowledge :
         {Knowledge::sdk, Knowledge::configured, Knowledge::retry_after, Knowledge::headers, Knowledge::silent})
      for (const std::uint32_t gateways : {1U, 2U, 10U, 100U, 10'000U})
        for (const double per_minute : {60.0, 6.0})
          for (const auto limiter : {Limiter::token_bucket, Limiter::fixed_window, Limiter::sliding_window}) {
            if (trouble == Trouble::churn && gateways == 1) continue;
            if (knowledge == Knowledge::sdk && (trouble != Trouble::none || gateways > 100)) continue;
            Scenario each{gateways, per_minute, limiter, knowledge, trouble, 1.5, std::chrono::minutes(60), 1};
            if (gateways <= 10 || per_minute < 10) each.measured = std::chrono::minutes(120);
            if (gateways > 100) each.measured = std::chrono::minutes(per_minute > 10 ? 3 : 30);
            // The largest under trouble are there once, not for each limiter, so that the table takes a minute or two.
            if (gateways > 100 && trouble != Trouble::none && limiter != Limiter::fixed_window) continue;
            if (gateways > 100 && trouble == Trouble::churn)
              each.measured = std::chrono::minutes(per_minute > 10 ? 9 : 30);
            if (gateways > 100 && trouble == Trouble::outage) each.measured = std::chrono::minutes(10);
            table.push_back(each);
          }
  return table;
}

std::string heading() {
  return fmt::format("{:<7} {:<12} {:>8} {:>4} {:<8} {:>8} {:>7} {:>6} {:>6}  {}", "trouble", "limit", "gateways", "L",
                     "limiter", "useful", "429", "Jain", "lost", "outage: calls, first good s, peak (of s)");
}

std::string row(const Scenario& scenario, const Figures& figures) {
  auto out = fmt::format("{:<7} {:<12} {:>8} {:>4} {:<8} {:>7.1f}% {:>6.2f}% {:>6.3f} {:>6}", name_of(scenario.trouble),
                         name_of(scenario.knowledge), scenario.gateways, scenario.per_minute, name_of(scenario.limiter),
                         100 * figures.useful, 100 * figures.refused, figures.fairness, figures.lost);
  if (figures.outage)
    out += fmt::format("  {:.1f}%, {:.2f}, {:.2f} ({:.0f})", 100 * figures.outage->calls, figures.outage->first_good_s,
                       figures.outage->peak, figures.outage->peak_span_s);
  if (const auto what = missed(scenario, figures); !what.empty()) out += fmt::format("  MISSED: {}", what);
  return out;
}

}  // namespace tidegate::simulation
