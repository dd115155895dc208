// What a shard holds and what that weighs; what becomes of what nobody can find any more.
#include <algorithm>

#include "daemon/store/shard.h"

namespace arcus::daemon {

void ShardStats::add(const ShardStats& other) {
  items += other.items;
  total_items += other.total_items;
  item_bytes += other.item_bytes;
  sticky_items += other.sticky_items;
  sticky_bytes += other.sticky_bytes;
  evictions += other.evictions;
  reclaimed += other.reclaimed;
  promoted += other.promoted;
  reinserted += other.reinserted;
  cleaned += other.cleaned;
  ghost_hits += other.ghost_hits;
  dead_bytes += other.dead_bytes;
  index_bytes += other.index_bytes;
  ghost_bytes += other.ghost_bytes;
  collections += other.collections;
  collection_bytes += other.collection_bytes;
}

std::size_t Shard::weight(const Record& record) const {
  if (!record.apart()) return record.size();
  return record.size() + (record.large() ? record.large_value()->footprint()
                                         : record.collection()->footprint());
}

void Shard::count_in(const Record& record) {
  const std::size_t bytes = weight(record);
  ++stats_.items;
  stats_.item_bytes += bytes;
  if (record.large()) large_bytes_ += bytes - record.size();
  if (record.collection() != nullptr) {
    ++stats_.collections;
    stats_.collection_bytes += bytes - record.size();
  }
  if (!record.sticky()) return;
  ++stats_.sticky_items;
  stats_.sticky_bytes += bytes;
  memory_->add_sticky(bytes);
}

// A record that the index does not show any more, or is about to forget.
void Shard::bury(const Place& place) {
  Record record = place.record;
  const std::size_t bytes = weight(record);
  --stats_.items;
  stats_.item_bytes -= bytes;
  if (record.sticky()) {
    --stats_.sticky_items;
    stats_.sticky_bytes -= bytes;
    memory_->remove_sticky(bytes);
  }
  if (segments_.of(place.location).queue == Queue::kSmall) small_bytes_ -= bytes;
  if (LargeValue* large = record.large_value()) {
    large_bytes_ -= large->footprint();
    if (large->alone()) given_back_ += static_cast<std::int64_t>(large->footprint());
    large->release();
  }
  if (Collection* collection = record.collection()) {
    --stats_.collections;
    stats_.collection_bytes -= collection->footprint();
    bury(collection);
  }
  record.set_dead();
  const std::uint32_t number = segments_.number(place.location);
  if (!segments_.died(number, record.size())) return;
  given_back_ += static_cast<std::int64_t>(pool_->chunk_size());
  if (number == victim_) victim_ = 0;
}

void Shard::bury(Collection* collection) {
  if (!collection->release()) return;
  collection->next_buried = buried_;
  buried_ = collection;
}

bool Shard::free_buried(std::size_t bytes) {
  const std::size_t before = blocks_.given_back();
  while (buried_ != nullptr && bytes > 0) {
    Collection* const next = buried_->next_buried;
    std::size_t freed = buried_->footprint();
    if (buried_->take_apart(blocks_, bytes)) {
      buried_ = next;
    } else {
      freed -= buried_->footprint();
    }
    bytes -= std::min(bytes, freed);
  }
  given_back_ += static_cast<std::int64_t>(blocks_.given_back() - before);
  return buried_ != nullptr;
}

void Shard::reweigh(const Place& place, std::size_t before) {
  const std::size_t now = place.record.collection()->footprint();
  if (now == before) return;
  const std::size_t more = now - before;  // wraps around where it is less, and the sums back again
  stats_.item_bytes += more;
  stats_.collection_bytes += more;
  if (place.record.sticky()) {
    stats_.sticky_bytes += more;
    memory_->add_sticky(more);
  }
  if (segments_.of(place.location).queue == Queue::kSmall) small_bytes_ += more;
  if (now > before) debt_ += more;
}

std::size_t Shard::bytes_held() const {
  return segments_.chunks() * pool_->chunk_size() + index_.bytes() + ghosts_.bytes() +
         large_bytes_ + blocks_.held();
}

ShardStats Shard::stats() const {
  ShardStats stats = stats_;
  stats.dead_bytes = segments_.dead_bytes();
  stats.index_bytes = index_.bytes();
  stats.ghost_bytes = ghosts_.bytes();
  return stats;
}

void Shard::reset_stats() {
  stats_.total_items = 0;
  stats_.evictions = 0;
  stats_.reclaimed = 0;
  stats_.promoted = 0;
  stats_.reinserted = 0;
  stats_.cleaned = 0;
  stats_.ghost_hits = 0;
}

}  // namespace arcus::daemon
