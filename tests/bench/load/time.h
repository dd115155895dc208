// Nanoseconds of the steady clock: what requests are timed by.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace arcus::bench {

using Nanoseconds = std::uint64_t;

inline Nanoseconds now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

inline Nanoseconds ns_of(double seconds) {
  return static_cast<Nanoseconds>(seconds * 1e9);
}

// From `begin` to before `end`.
struct Window {
  Nanoseconds begin = 0;
  Nanoseconds end = std::numeric_limits<Nanoseconds>::max();
  bool holds(Nanoseconds time) const { return time >= begin && time < end; }
};

}  // namespace arcus::bench
