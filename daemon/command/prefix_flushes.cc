#include "daemon/command/prefix_flushes.h"

#include <algorithm>

#include "daemon/command/prefix.h"

namespace arcus::daemon {

bool PrefixFlushes::add(const std::string& prefix, Seconds at) {
  const std::lock_guard lock(mutex_);
  const auto old = std::find_if(waiting_.begin(), waiting_.end(),
                                [&](const Flush& flush) { return flush.prefix == prefix; });
  if (old != waiting_.end()) {
    old->at = at;
    return true;
  }
  if (waiting_.size() == kMost) return false;
  waiting_.push_back({prefix, at});
  return true;
}

void PrefixFlushes::carry_out(Store& store, char delimiter, Seconds now) {
  std::vector<std::string> due;
  {
    const std::lock_guard lock(mutex_);
    for (const Flush& flush : waiting_) {
      if (flush.at <= now) due.push_back(flush.prefix);
    }
    std::erase_if(waiting_, [now](const Flush& flush) { return flush.at <= now; });
  }
  for (const auto& prefix : due) {
    std::uint64_t cursor = 0;
    do {
      cursor = store.sift(cursor, now, [&](const ItemView& item) {
        return in_prefix(item.key, prefix, delimiter);
      });
    } while (cursor != 0);
  }
}

}  // namespace arcus::daemon
