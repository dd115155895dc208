// One run: threads, connections, a measured time. Blocks until it is over.
#pragma once

#include <optional>

#include "core/base/result.h"
#include "tests/bench/load/options.h"
#include "tests/bench/load/script.h"
#include "tests/bench/load/tally.h"

namespace arcus::bench {

struct Outcome {
  Tally tally;                 // of the whole run, warm-up included; latencies of the measured time
  double seconds = 0;          // measured
  std::uint64_t requests = 0;  // answered in that time
  double client_busy = 0;      // processors that the generator itself kept busy
  std::optional<double> server_cpu_us;  // a request; with Options::server_pid
};

Result<Outcome> run(const Options& options, const Script& script);

}  // namespace arcus::bench
