// A named trace: a pattern with sizes, "zipf/medium".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

struct WorkloadOptions {
  std::uint64_t megabytes = 64;  // what the servers get: -m
  std::uint64_t seed = 1;
  double length = 1;  // 0.5: half as many requests as usual
};

Result<std::unique_ptr<Trace>> make_workload(std::string_view name, const WorkloadOptions& options);

}  // namespace arcus::bench::misses
