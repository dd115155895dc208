// A trace in memory, its keys numbered in the order of their first request: what simulations run
// on.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

struct DenseTrace {
  std::vector<std::uint32_t> requests;  // keys
  std::vector<std::uint32_t> bytes;     // by key: key and value, the value as it was first
};

DenseTrace read_all(Trace& trace);

}  // namespace arcus::bench::misses
