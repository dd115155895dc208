// Farewell: `shutdown` gives clients time to leave by themselves, once the cloud has told them that
// the node has left. Made by main, which waits; workers ask.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace arcus::daemon {

class Farewell {
 public:
  // From any worker. False: it is about to happen anyway.
  bool ask(std::optional<unsigned> wanted);
  // Until nobody is left or the time is over; without one given, until nobody leaves any more.
  void wait(const std::atomic<std::uint64_t>& connections) const;

 private:
  bool goes_on(bool fewer) const;

  mutable std::mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> until_;  // none: nobody asked
  bool patient_ = false;
};

}  // namespace arcus::daemon
