#include "daemon/supervisor/backoff.h"

#include <algorithm>

#include "core/arcus/limits.h"

namespace arcus::daemon {

Backoff::Verdict Backoff::died(Death death, Clock::Steady now, double random) {
  ++failures_;
  const bool join_trouble =
      death.exit_status == kExitSessionExpired || death.exit_status == kExitNotJoined;
  if (!death.was_ready && !join_trouble) {
    early_deaths_.push_back(now);
    std::erase_if(early_deaths_, [&](auto at) { return now - at > kGiveUpWindow; });
    if (early_deaths_.size() >= kDeathsToGiveUp) return {.give_up = true};
  }
  const auto longest = join_trouble ? kLongestJoinDelay : kLongestDelay;
  const unsigned doublings = std::min(failures_ - 1, 20u);  // far beyond the longest delay
  const auto step = std::min(longest, kFirstDelay * (1 << doublings));
  const double share = 0.5 + random / 2;
  return {.delay = std::chrono::milliseconds(static_cast<long>(step.count() * share))};
}

void Backoff::reset() {
  failures_ = 0;
  early_deaths_.clear();
}

}  // namespace arcus::daemon
