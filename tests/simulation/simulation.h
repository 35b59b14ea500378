#pragma once

#include "tests/simulation/figures.h"
#include "tests/simulation/scenario.h"

namespace tidegate::simulation {

/// Runs one scenario to its end. The same scenario gives the same figures, always.
Figures simulate(const Scenario& scenario);

}  // namespace tidegate::simulation
