// A run's figures, for people and as one JSON object. Pure.
#pragma once

#include <string>

#include "tests/bench/load/options.h"
#include "tests/bench/load/run.h"

namespace arcus::bench {

std::string report_text(const Options& options, const Outcome& outcome);
std::string report_json(const Options& options, const Outcome& outcome);

}  // namespace arcus::bench
