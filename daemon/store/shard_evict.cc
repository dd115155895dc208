// Eviction and cleaning: both empty one segment, the victim, record by record, a little with each
// thing that is put. What stays is moved; what does not is gone; in the end the chunk is free.
#include <algorithm>
#include <array>

#include "daemon/store/shard.h"

namespace arcus::daemon {
namespace {

// The paper asks for two requests for a place in the main queue: with one, fewer are missed in all
// traces of tests/bench/misses but loops (docs/performance.md).
constexpr unsigned kAskedToStay = 1;

// Ghosts for twice as many items as there are, where that is this small a part of the memory; for
// three quarters of them, where it is not; and at most this part.
constexpr std::size_t kCheapGhosts = 192;
constexpr std::size_t kMostGhosts = 64;

std::size_t ghosts_for(std::size_t items, std::size_t bytes) {
  constexpr std::size_t kGhostBytes = 2;
  return std::max(items / 4 * 3, std::min(items * 2, bytes / kCheapGhosts / kGhostBytes));
}

// A segment is cleaned rather than another one evicted when this part of it is dead.
constexpr std::size_t kWorthCleaning = 4;
// Without eviction there is no other way, so less will do.
constexpr std::size_t kWorthCleaningAnyway = 16;

// Records looked at together, so that their index entries come from memory side by side.
constexpr std::size_t kTogether = 8;

}  // namespace

bool Shard::small_is_full() const {
  return static_cast<double>(small_bytes_) >
         small_share_ * static_cast<double>(stats_.item_bytes);
}

bool Shard::small_is_due() const {
  const std::uint32_t main = segments_.oldest(Queue::kMain);
  const std::uint32_t small = segments_.oldest(Queue::kSmall);
  if (main == 0) return true;
  if (small == 0) return false;
  // The main queue has its place for being asked for. Where nobody asks for anything, as when a
  // cache is loaded anew, the oldest goes.
  if (reads_ == 0 && segments_[main].sequence < segments_[small].sequence) return false;
  return small_is_full();
}

void Shard::note_evicted(std::uint64_t hash, Queue queue) {
  ++stats_.evictions;
  ghosts_.add(hash, queue);
  if (queue == Queue::kSmall && reads_ > 0) --reads_;
  ++evicted_[static_cast<std::size_t>(queue)];
  if (evicted_[0] + evicted_[1] <= static_cast<double>(index_.items()) + 2) return;
  for (double& count : evicted_) count /= 2;
}

// Whether what is being stored shall go to the main queue, since it was evicted from the small one.
// What was evicted only just would have been hit had its queue been longer: the queue of which that
// is the likelier gets of the other one's share.
bool Shard::came_back(std::uint64_t hash) {
  const Ghosts::Past past = ghosts_.take(hash);
  if (past.recent) {
    constexpr double kStep = 4;  // items, more or less
    constexpr double kMostAtOnce = 0.01;
    const double all = evicted_[0] + evicted_[1];
    const double step = kStep / static_cast<double>(index_.items() + 1) * all /
                        std::max(1.0, evicted_[static_cast<std::size_t>(past.from)]);
    small_share_ += (past.from == Queue::kSmall ? 1 : -1) * std::min(step, kMostAtOnce);
    small_share_ = std::clamp(small_share_, kLeastSmallShare, kMostSmallShare);
  }
  return past.known && past.from == Queue::kSmall;
}

bool Shard::take_victim(std::uint32_t number, bool clean) {
  victim_ = number;
  victim_offset_ = 0;
  cleaning_ = clean;
  return number != 0;
}

bool Shard::choose_victim() {
  const std::size_t chunk = pool_->chunk_size();
  const std::size_t worth = chunk / (options_.evict ? kWorthCleaning : kWorthCleaningAnyway);
  if (segments_.dead_bytes() >= worth) {
    std::size_t gain = 0;
    const std::uint32_t emptiest = segments_.emptiest(gain);
    if (gain >= worth) return take_victim(emptiest, true);
  }
  if (!options_.evict) return false;
  const Queue queue = small_is_due() ? Queue::kSmall : Queue::kMain;
  if (queue == Queue::kSmall) {
    const std::size_t held = bytes_held();
    ghosts_.resize(ghosts_for(index_.items(), held), held / kMostGhosts);
  }
  const std::uint32_t oldest = segments_.oldest(queue);
  if (oldest == 0) return false;
  if (segments_[oldest].taking) {
    segments_.seal(oldest);
    // Where all of it was dead it is gone now, and there is room already.
    if (segments_.oldest(queue) != oldest) return choose_victim();
  }
  return take_victim(oldest, false);
}

std::size_t Shard::scan_victim(std::size_t budget, Seconds now) {
  std::size_t scanned = 0;
  while (victim_ != 0 && scanned < budget) {
    std::array<Place, kTogether> places;
    std::array<std::uint64_t, kTogether> hashes;
    std::size_t count = 0;
    const std::uint32_t used = segments_[victim_].used;
    while (count < kTogether && victim_offset_ < used && scanned < budget) {
      const Location location = segments_.location(victim_, victim_offset_);
      const Record record(segments_.at(location));
      victim_offset_ += static_cast<std::uint32_t>(record.size());
      scanned += record.dead() ? record.size() : weight(record);
      if (record.dead()) continue;
      places[count] = {location, {}, record};
      hashes[count] = hash_of(record);
      index_.prefetch(hashes[count]);
      ++count;
    }
    for (std::size_t i = 0; i < count; ++i) judge(places[i], hashes[i], now);
    // All of it was dead before it was reached; it is given back when its last record dies.
    if (count == 0 && victim_offset_ >= used) victim_ = 0;
  }
  return scanned;
}

void Shard::judge(Place place, std::uint64_t hash, Seconds now) {
  const Record& record = place.record;
  place.slot = index_.find(hash, [&](Location at) { return at == place.location; });
  const Queue queue = segments_.of(place.location).queue;
  const bool gone = !place.slot || over(record, now);
  if (!gone) {
    const bool held = record.large() && !record.large_value()->alone();
    const unsigned asked = record.asked();
    bool moved = false;
    if (cleaning_ || held) {
      moved = relocate(place, queue, asked, now);
      if (moved) ++stats_.cleaned;
    } else if (record.sticky()) {
      moved = relocate(place, Queue::kMain, asked, now);
    } else if (queue == Queue::kSmall && asked >= kAskedToStay) {
      moved = relocate(place, Queue::kMain, 0, now);
      if (moved) ++stats_.promoted;
    } else if (queue == Queue::kMain && asked > 0) {
      moved = relocate(place, Queue::kMain, asked - 1, now);
      if (moved) ++stats_.reinserted;
    }
    if (moved) return;
    note_evicted(hash, queue);
  } else {
    ++stats_.reclaimed;
  }
  bury(place);
  if (place.slot) index_.erase(hash, place.slot);
}

// Copies a record to where the queue goes on; the old one is dead then.
bool Shard::relocate(const Place& place, Queue queue, unsigned asked, Seconds now) {
  const std::uint64_t told = place.record.cas_told() ? cas(place) : 0;
  const std::size_t size = place.record.copy_size(told != 0);
  const Location location = append(queue, size, now);
  if (location == 0) return false;
  Place fresh{location, {}, Record::copy(segments_.at(location), place.record, told)};
  fresh.record.set_asked(asked);
  note_expiry(location, fresh.record.expires());
  if (fresh.record.apart()) {
    ++segments_.of(location).apart;
    if (fresh.record.large()) fresh.record.large_value()->acquire();
    if (fresh.record.collection() != nullptr) fresh.record.collection()->acquire();
  }
  return enter(Key{}, fresh, place);
}

std::size_t Shard::evict(std::size_t wanted, Seconds now) {
  filled_ = true;
  const std::int64_t before = given_back_;
  // Nothing may be left that can go: each item stays for as often as it was asked for, and some
  // stay for good.
  const std::size_t most = (bytes_held() + pool_->chunk_size()) * (Record::kMostAsked + 2);
  std::size_t scanned = 0;
  while (given_back_ - before < static_cast<std::int64_t>(wanted) && scanned <= most) {
    if (buried_ != nullptr) {
      free_buried(wanted);
      continue;
    }
    if (victim_ == 0 && !choose_victim()) break;
    scanned += scan_victim(pool_->chunk_size() / 4, now) + 1;
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(0, given_back_ - before));
}

void Shard::work_off(Seconds now) {
  if (debt_ == 0) return;
  // Who has little leaves it to those who have more.
  if (!memory_->short_of(reserve_) || is_poor()) {
    debt_ = 0;
    return;
  }
  filled_ = true;
  constexpr std::size_t kLeast = 256;
  constexpr std::size_t kStep = 1024;
  // Half of what is looked at may stay, and eviction keeps pace; where more does, it works harder.
  std::size_t budget = std::max(kLeast, debt_ * (memory_->over() ? 8 : 3));
  budget = std::min(budget, pool_->chunk_size());
  debt_ = 0;
  while (budget > 0) {
    // Of what was evicted that is large, a piece is enough for now.
    if (buried_ != nullptr) {
      free_buried(budget);
      return;
    }
    if (victim_ == 0 && !choose_victim()) return;
    const std::size_t scanned = scan_victim(std::min(budget, kStep), now);
    if (!memory_->short_of(reserve_)) return;
    budget -= std::min(budget, scanned + 1);
  }
}

}  // namespace arcus::daemon
