// When the requests of an open loop are due: fixed by the seed and the rate, whatever the server
// does. Belongs to one thread.
#pragma once

#include <cmath>

#include "tests/bench/load/options.h"
#include "tests/bench/load/random.h"
#include "tests/bench/load/time.h"

namespace arcus::bench {

class Schedule {
 public:
  // `rate` requests a second from `begin` on.
  Schedule(Nanoseconds begin, double rate, Gaps gaps, std::uint64_t seed)
      : at_(static_cast<double>(begin)), mean_(1e9 / rate), gaps_(gaps), random_(seed) {
    advance();
  }

  Nanoseconds next() const { return static_cast<Nanoseconds>(at_); }
  void advance() {
    at_ += gaps_ == Gaps::kConstant ? mean_ : -std::log(1 - random_.fraction()) * mean_;
  }

 private:
  double at_;
  double mean_;
  Gaps gaps_;
  Random random_;
};

}  // namespace arcus::bench
