#include "daemon/store/lock.h"

namespace arcus::daemon {

void ShardLock::wait(std::uint32_t state) {
  // A shard is held for less than a microsecond; to sleep and be woken takes several.
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    if (state == kFree && state_.compare_exchange_weak(state, kHeld, std::memory_order_acquire)) {
      return;
    }
    if (state == kWaitedFor) break;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
    state = state_.load(std::memory_order_relaxed);
  }
  while (state_.exchange(kWaitedFor, std::memory_order_acquire) != kFree) {
    state_.wait(kWaitedFor, std::memory_order_relaxed);
  }
}

}  // namespace arcus::daemon
