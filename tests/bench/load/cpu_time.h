// How long a process and its threads have been on a processor, user and system together, to the
// nanosecond. Any thread.
#pragma once

#include "core/base/result.h"
#include "tests/bench/load/time.h"

namespace arcus::bench {

// The sum of /proc/PID/task/*/schedstat. Threads that have ended are not in it.
Result<Nanoseconds> cpu_time_of(int pid);

}  // namespace arcus::bench
