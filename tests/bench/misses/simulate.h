// What ideal policies would have missed on a trace with so much memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/misses/dense_trace.h"
#include "tests/bench/misses/policy.h"

namespace arcus::bench::misses {

struct Contender {
  std::string name;
  std::unique_ptr<Policy> (*make)(const PolicyOptions& options);
  bool bytes_only = false;  // makes no sense where items are counted
};

// LRU is the first, S3-FIFO as in the paper the third.
const std::vector<Contender>& contenders();

struct SimulationOptions {
  std::uint64_t capacity = 0;
  // Bytes that an item takes beside key and value; nothing: an item costs 1, whatever its size.
  bool by_items = false;
  std::uint32_t overhead = 0;
  double warm_up = 0;  // share of the trace whose misses don't count
};

double miss_ratio(const Contender& contender, const DenseTrace& trace,
                  const SimulationOptions& options);

}  // namespace arcus::bench::misses
