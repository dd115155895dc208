#include "daemon/command/scrub.h"

#include <utility>

namespace arcus::daemon {

bool Scrub::start(Store& store, std::function<Seconds()> now,
                  std::shared_ptr<const Placement> placement,
                  std::function<unsigned()> items_at_once) {
  const std::lock_guard lock(mutex_);
  if (state_.running || walk_.running()) return false;
  cursor_ = 0;
  state_ = {.running = true, .stale = placement != nullptr, .started = now()};
  const auto finish = [this, now](bool) {
    const std::lock_guard finished(mutex_);
    state_.running = false;
    state_.stopped = now();
  };
  return walk_.start(
      [this, &store, now, placement = std::move(placement), items = std::move(items_at_once)] {
        return scrub_some(store, now(), placement.get(), items());
      },
      finish);
}

bool Scrub::scrub_some(Store& store, Seconds now, const Placement* placement, unsigned items) {
  std::uint64_t visited = 0;
  std::uint64_t cleaned = 0;
  // What is over goes without being asked about.
  const auto unwanted = [&](const ItemView& item) {
    ++visited;
    return placement != nullptr && placement->is_stale(item.key);
  };
  for (unsigned bucket = 0; bucket < items && visited < items; ++bucket) {
    std::uint64_t gone = 0;
    cursor_ = store.sift(cursor_, now, unwanted, &gone);
    cleaned += gone;
    if (cursor_ == 0) break;
  }
  const std::lock_guard lock(mutex_);
  state_.visited += visited;
  state_.cleaned += cleaned;
  return cursor_ != 0;
}

Scrub::State Scrub::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace arcus::daemon
