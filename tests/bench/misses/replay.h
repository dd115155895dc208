// Replays a trace against a cache server as a program does that has its data elsewhere: get, and on
// a miss set. Requests are spread over a few connections by key, so that those for one key keep
// their order. Connections take turns, in each one batch is read and the next sent: the server has
// the others' to work on, and no request overtakes another by more than a batch of each. One
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/base/text.h"
#include "tests/bench/misses/trace.h"

namespace arcus::bench::misses {

struct ReplayOptions {
  std::uint32_t connections = 8;
  std::uint32_t batch = 32;  // gets on their way, of a connection, on average
};

struct Counts {
  std::uint64_t requests = 0;
  std::uint64_t misses = 0;
  std::uint64_t refused = 0;  // sets that were answered with an error

  // Over the trace: the misses of each thousand requests.
  std::vector<std::uint32_t> misses_by_thousand;

  // Counts anew, without the first thousands.
  void drop_warm_up(double share);
  double ratio() const;
};

Result<Counts> replay(Trace& trace, const HostPort& server, const ReplayOptions& options);

}  // namespace arcus::bench::misses
