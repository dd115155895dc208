// When an engine is probed, and what the probes of some time amount to. Owned by the supervisor's
// one thread; the time is handed in.
//
// A probe that is not answered within a fifth of `hang` has failed; after `hang` without a good one,
// two failures at least, the engine hangs. Who was itself kept from running (a stopped or starved
// machine) blames nobody and begins anew.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "daemon/supervisor/probe.h"

namespace arcus::daemon {

class Prober {
 public:
  enum class Finding {
    kNothing,
    kPassed,
    kNotReady,  // it works, and says that it is out of its cloud
    kLeft,      // it has been saying so for `hang`
    kFailed,
    kHung,
  };

  // `address`: "<ip>:<port>"; empty: nothing is probed.
  Prober(const std::string& address, std::chrono::milliseconds hang);

  bool configured() const { return port_ != 0; }
  // Probes at once, and then again and again until stop().
  void watch(Clock::Steady now);
  void stop();

  int fd() const { return probe_.fd(); }
  short events() const { return probe_.events(); }
  // When on_time() is to be called at the latest.
  std::optional<Clock::Steady> next() const { return due_; }
  Finding on_ready(Clock::Steady now);
  Finding on_time(Clock::Steady now);
  const std::string& trouble() const { return trouble_; }

  // For tests, which have no engine: what a probe that ended so amounts to.
  Finding judge(Probe::Verdict verdict, Clock::Steady now);

 private:
  Finding begin(Clock::Steady now);
  Finding failed(Clock::Steady now);

  std::string ip_;
  std::uint16_t port_ = 0;
  std::chrono::milliseconds hang_;
  Probe probe_;
  std::optional<Clock::Steady> due_;  // of the next probe, or the end of this one
  Clock::Steady last_good_{};
  std::optional<Clock::Steady> not_ready_since_;
  unsigned failures_ = 0;  // since the last good one
  unsigned number_ = 0;
  std::string trouble_;
};

}  // namespace arcus::daemon
