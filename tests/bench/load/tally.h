// What a thread of the generator has seen. Belongs to that thread until it has ended.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/load/histogram.h"

namespace arcus::bench {

struct Tally {
  std::uint64_t requests = 0;  // answered
  std::uint64_t hits = 0;      // keys
  std::uint64_t misses = 0;
  std::uint64_t done = 0;  // sets and deletes
  std::uint64_t not_done = 0;
  std::uint64_t errors = 0;
  std::uint64_t wrong = 0;       // values that are not what anybody wrote under that key
  std::uint64_t unanswered = 0;  // when the run was over
  std::string first_error;
  std::string first_wrong;
  Histogram latency;  // of what falls into the measured time
  Histogram lag;      // open loop: how late the generator itself was

  void add(const Tally& other) {
    requests += other.requests;
    hits += other.hits;
    misses += other.misses;
    done += other.done;
    not_done += other.not_done;
    errors += other.errors;
    wrong += other.wrong;
    unanswered += other.unanswered;
    if (first_error.empty()) first_error = other.first_error;
    if (first_wrong.empty()) first_wrong = other.first_wrong;
    latency.add(other.latency);
    lag.add(other.lag);
  }
};

}  // namespace arcus::bench
