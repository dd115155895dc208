// Sets every key once, in order, before a run. Blocks until the server has answered for all.
#pragma once

#include "core/base/result.h"
#include "tests/bench/load/options.h"

namespace arcus::bench {

struct Populated {
  std::uint64_t stored = 0;
  std::uint64_t refused = 0;
  double seconds = 0;
};

Result<Populated> populate(const Options& options);

}  // namespace arcus::bench
