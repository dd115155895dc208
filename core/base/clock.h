// Clock: time as something that can be handed in, so that tests decide what time it is.
// Implementations are safe to call from any thread.
#pragma once

#include <chrono>

namespace arcus {

class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  using Wall = std::chrono::system_clock::time_point;

  virtual ~Clock() = default;
  virtual Steady now() const { return std::chrono::steady_clock::now(); }
  virtual Wall wall() const { return std::chrono::system_clock::now(); }

  // The machine's own clock; lives as long as the process.
  static const Clock& real() {
    static const Clock clock;
    return clock;
  }
};

// A point in time that something must be done by.
class Deadline {
 public:
  explicit Deadline(Clock::Steady at, const Clock& clock = Clock::real()) : at_(at), clock_(&clock) {}
  static Deadline in(std::chrono::milliseconds span, const Clock& clock = Clock::real()) {
    return Deadline(clock.now() + span, clock);
  }

  bool passed() const { return clock_->now() >= at_; }
  Clock::Steady at() const { return at_; }
  // What is left, never negative; rounded up so that waiting for it does reach the deadline.
  std::chrono::milliseconds left() const {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(at_ - clock_->now());
    return rest.count() > 0 ? rest : std::chrono::milliseconds(0);
  }

 private:
  Clock::Steady at_;
  const Clock* clock_;
};

}  // namespace arcus
