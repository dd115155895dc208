// How long to wait before a dead engine is started again, and when to stop trying. Pure arithmetic:
// the time and the random number are handed in. Owned by the supervisor's one thread.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "core/base/clock.h"

namespace arcus::daemon {

inline constexpr std::chrono::milliseconds kFirstDelay{100};
inline constexpr std::chrono::milliseconds kLongestDelay{30'000};
// For deaths that are ZooKeeper's doing: the node must be back soon after the ensemble is.
inline constexpr std::chrono::milliseconds kLongestJoinDelay{5'000};
inline constexpr std::chrono::seconds kSettledAfter{10};
inline constexpr unsigned kDeathsToGiveUp = 8;
inline constexpr std::chrono::seconds kGiveUpWindow{60};

class Backoff {
 public:
  struct Verdict {
    bool give_up = false;
    std::chrono::milliseconds delay{0};
  };

  // An engine ended without being asked. `exit_status`: nothing when a signal ended it or when it
  // is not known. `random`: in [0, 1); the delay lies between a half and the whole of its step.
  struct Death {
    std::optional<int> exit_status;
    bool was_ready = false;
  };
  Verdict died(Death death, Clock::Steady now, double random);
  // An engine served: deaths before it no longer count towards giving up.
  void became_ready() { early_deaths_.clear(); }
  void reset();
  // Deaths since the last reset.
  unsigned failures() const { return failures_; }

 private:
  unsigned failures_ = 0;
  std::vector<Clock::Steady> early_deaths_;  // of engines that never were ready, oldest first
};

}  // namespace arcus::daemon
