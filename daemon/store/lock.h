// ShardLock: a mutex of four bytes that costs two atomic instructions when nobody else wants it,
// and sleeps when somebody has it (the owner may not be running: there can be more threads than
// processors). Works with std::lock_guard. Algorithm: U. Drepper, "Futexes Are Tricky", mutex 2.
#pragma once

#include <atomic>
#include <cstdint>

namespace arcus::daemon {

class ShardLock {
 public:
  void lock() {
    std::uint32_t state = kFree;
    if (!state_.compare_exchange_strong(state, kHeld, std::memory_order_acquire)) wait(state);
  }
  void unlock() {
    if (state_.exchange(kFree, std::memory_order_release) == kWaitedFor) state_.notify_one();
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kWaitedFor = 2;

  void wait(std::uint32_t state);

  std::atomic<std::uint32_t> state_ = kFree;
};

}  // namespace arcus::daemon
