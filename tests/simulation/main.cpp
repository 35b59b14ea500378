// Prints what gateways with the daemon's own pacing and retry policies make of one rate-limited proxy.
//
//   pacing_simulation [WORD...]   only the rows in which each WORD is, such as `silent 10000`
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "tests/simulation/simulation.h"
#include "tests/simulation/table.h"

namespace {

bool wanted(const tidegate::simulation::Scenario& scenario, const std::vector<std::string>& words) {
  std::istringstream row(tidegate::simulation::row(scenario, {}));
  std::vector<std::string> cells;
  for (std::string cell; cells.size() < 5 && row >> cell;) cells.push_back(cell);
  return std::all_of(words.begin(), words.end(),
                     [&](const auto& word) { return std::find(cells.begin(), cells.end(), word) != cells.end(); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto start = std::chrono::steady_clock::now();
  std::size_t rows = 0;
  std::size_t missed = 0;
  std::uint64_t calls = 0;
  fmt::print("{}\n", tidegate::simulation::heading());
  for (const auto& scenario : tidegate::simulation::whole_table()) {
    if (!wanted(scenario, words)) continue;
    const auto figures = tidegate::simulation::simulate(scenario);
    fmt::print("{}\n", tidegate::simulation::row(scenario, figures));
    std::fflush(stdout);
    ++rows;
    calls += figures.calls;
    if (!tidegate::simulation::missed(scenario, figures).empty()) ++missed;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} rows, {} of them miss an aim; {} million calls in {:.0f} s\n", rows, missed, calls / 1'000'000,
             took.count());
}
