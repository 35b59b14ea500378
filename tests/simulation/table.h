#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/figures.h"
#include "tests/simulation/scenario.h"

namespace tidegate::simulation {

/// What a row has to reach.
struct Aim {
  double useful = 0;
  double refused = 1;
};

Aim aim_of(Knowledge knowledge);
/// What of the aims is missed, in words; empty when all are reached.
std::string missed(const Scenario& scenario, const Figures& figures);

std::string_view name_of(Limiter limiter);
std::string_view name_of(Knowledge knowledge);
std::string_view name_of(Trouble trouble);

/// The scenarios of the table, in its order. Long enough that a share of a few percent is more than one call.
std::vector<Scenario> whole_table();

std::string heading();
std::string row(const Scenario& scenario, const Figures& figures);

}  // namespace tidegate::simulation
