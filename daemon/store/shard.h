// Shard: one part of the store, chosen by hash: an index, a log of segments in the two queues of
// S3-FIFO (Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP 2023), and the
// ghosts of what was evicted. Everything but `lock` itself and the prefetches needs the lock held;
// a Shard never takes another lock than the chunk pool's. The store owns it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/collection/collection.h"
#include "daemon/memory/blocks.h"
#include "daemon/memory/chunk_pool.h"
#include "daemon/store/ghosts.h"
#include "daemon/store/hash.h"
#include "daemon/store/index.h"
#include "daemon/store/lock.h"
#include "daemon/store/record.h"
#include "daemon/store/segments.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

struct ShardStats {
  std::uint64_t items = 0;
  std::uint64_t total_items = 0;
  std::uint64_t item_bytes = 0;  // records, large values and collections
  std::uint64_t collections = 0;
  std::uint64_t collection_bytes = 0;  // their blocks
  std::uint64_t sticky_items = 0;
  std::uint64_t sticky_bytes = 0;
  std::uint64_t evictions = 0;
  std::uint64_t reclaimed = 0;   // expired, their memory taken back
  std::uint64_t promoted = 0;    // moved from the small queue to the main one
  std::uint64_t reinserted = 0;  // in the main queue, once more
  std::uint64_t cleaned = 0;     // moved because all around them was dead
  std::uint64_t ghost_hits = 0;  // stored again soon after they were evicted
  std::uint64_t dead_bytes = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t ghost_bytes = 0;

  void add(const ShardStats& other);
};

struct ShardOptions {
  std::uint32_t number = 0;
  std::uint32_t shards = 1;
  std::uint64_t hash_seed = 0;
  std::size_t sticky_limit = 0;
  bool evict = true;
};

class alignas(64) Shard {
 public:
  // Where an item is; empty when there is none. Of use until the shard is changed.
  struct Place {
    Location location = 0;
    Index::Slot slot;
    Record record;
    explicit operator bool() const { return location != 0; }
  };

  Shard() = default;
  Shard(const Shard&) = delete;
  ~Shard();

  void init(Memory& memory, ChunkPool& pool, const ShardOptions& options);

  ShardLock lock;

  // The live item of that key; one that is over is taken away on the way.
  Place find(const Key& key, Seconds now);
  // Its CAS id; cas() is for somebody who may come back with it.
  std::uint64_t cas_of(const Place& place);
  std::uint64_t cas(const Place& place);
  // Into a new one.
  void view(const Place& place, ItemView& item) const;
  ItemView view(const Place& place) const {
    ItemView item;
    view(place, item);
    return item;
  }

  // Whether put() has room for a record of that size.
  bool has_room(std::size_t record_size) const {
    return segments_.fits(Queue::kSmall, record_size);
  }
  // Makes sure that it has room for a record of that size. False: the pool gives no chunk.
  bool open_room(std::size_t record_size, Seconds now);
  void open_room_anyway(Seconds now);
  // Makes the item, or puts another in the place of the old one. Empty: there is no room, or too
  // much is sticky; nothing has changed then.
  Place put(const Key& key, const Content& content, const Place& old, Seconds now);
  // The same, if it can be done in the bytes that the item has; whether it could.
  bool overwrite(Place& place, const Content& content);
  // The same item with other fields: value, CAS id and history stay.
  Place rewrite(const Key& key, const Content& content, const Place& old, Seconds now);
  // Where the record has a field for it and need not move; whether it did.
  bool set_expiry_in_place(Place& place, Seconds expires);
  void remove(const Key& key, const Place& place);

  // --- collections ---
  // Their memory. prepare_blocks() sees to it that there is room for that much; false: there isn't.
  Blocks& blocks() { return blocks_; }
  bool prepare_blocks(std::size_t bytes) { return blocks_.prepare(bytes); }
  // The collection there has been changed, and had that footprint before.
  void reweigh(const Place& place, std::size_t before);
  // No more than this may be sticky.
  bool sticky_is_full() const { return memory_->sticky() >= options_.sticky_limit; }
  // Whoever made a collection is its first owner, until it has been put or could not be.
  void disown(Collection* collection) { bury(collection); }
  // Takes collections that have no owner apart, until about that many bytes are free; whether there
  // is more.
  bool free_buried(std::size_t bytes);

  // Evicts, and moves what stays, until that many bytes were given back; how many were.
  std::size_t evict(std::size_t wanted, Seconds now);
  // The part of the eviction that what was put lately asks for, so that nobody has to do much at
  // once. Call it last, before unlocking.
  void work_off(Seconds now);

  // Somebody asked for a key, whether it is here or not.
  void note_read() { reads_ = std::min(reads_ + kReadIsWorth, index_.items() / kReadIsWorth); }

  // Everything goes, at once.
  void clear();
  // Takes back what is over in the next segment from `number` on that has any; the number to go on
  // with, 0 at the end. Adds what it looked at to `scanned`.
  std::uint32_t sweep(std::uint32_t number, std::size_t& scanned, Seconds now);
  // Shows live items of one segment from an offset on, at most `bytes` of them; false at its end.
  template <typename Visitor>
  bool visit(std::uint32_t number, std::uint32_t& offset, std::size_t bytes, Seconds now,
             const Visitor& visitor);
  Segments& segments() { return segments_; }
  // Shows the live items whose hashes agree with this one in the lowest bits that choose a bucket of
  // the index; how many bits those are.
  template <typename Visitor>
  unsigned scan(std::uint64_t hash, Seconds now, const Visitor& visitor) const;
  // The same, and removes those for which `unwanted(place)` says so, and what is over; adds how many
  // to `gone`.
  template <typename Filter>
  unsigned sift(std::uint64_t hash, Seconds now, const Filter& unwanted, std::uint64_t& gone);

  // What it holds of the memory, with what lies apart.
  std::size_t bytes_held() const;
  // Less than half of what each shard would have if all had the same.
  bool is_poor() const { return bytes_held() * 2 < memory_->limit() / options_.shards; }
  std::size_t sticky_limit() const { return options_.sticky_limit; }
  ShardStats stats() const;
  void reset_stats();

  void prefetch_index(std::uint64_t hash) const { index_.prefetch(hash); }
  void prefetch_item(std::uint64_t hash) const {
    index_.peek(hash, [this](Location location) { segments_.prefetch(location); });
  }

 private:
  // The small queue's part of the bytes of all items, at least and at most.
  static constexpr double kLeastSmallShare = 0.1;
  static constexpr double kMostSmallShare = 0.4;
  // While there is one request for every so many evictions from the small queue, the main one is
  // spared.
  static constexpr std::size_t kReadIsWorth = 4;

  struct HashAt {
    const Shard& shard;
    std::uint64_t operator()(Location location) const {
      return shard.hash_of(Record(shard.segments_.at(location)));
    }
  };

  template <typename Visitor>
  unsigned visit_bucket(std::uint64_t hash, const Visitor& visitor) const;
  std::uint64_t id_at(std::uint64_t sequence, std::uint32_t offset) const {
    return (sequence << segments_.offset_bits() | offset) << shard_bits_ | options_.number;
  }
  Queue queue_for(const Key& key, const Content& content, const Place& old);
  std::uint64_t later_id(Queue queue, std::size_t size, const Place& old);
  std::uint64_t hash_of(const Record& record) const {
    return hash_key(record.key(), options_.hash_seed);
  }
  Place place_of(Location location, const Index::Slot& slot) const {
    return {location, slot, Record(segments_.at(location))};
  }
  bool over(const Record& record, Seconds now) const {
    const Seconds expires = record.expires();
    return expires != kNever && expires != kSticky && expires <= now;
  }
  bool sticky_fits(std::size_t size, const Content& content, const Place& old) const;
  Location append(Queue queue, std::size_t size, Seconds now);
  Place write(const Key& key, const Content& content, const RecordShape& shape, Queue queue,
              Seconds now);
  bool enter(const Key& key, Place& fresh, const Place& old);
  void note_expiry(Location location, Seconds expires);
  std::size_t weight(const Record& record) const;
  void count_in(const Record& record);
  void bury(const Place& place);
  void bury(Collection* collection);

  // shard_evict.cc
  bool choose_victim();
  bool take_victim(std::uint32_t number, bool clean);
  std::size_t scan_victim(std::size_t budget, Seconds now);
  void judge(Place place, std::uint64_t hash, Seconds now);
  bool relocate(const Place& place, Queue queue, unsigned asked, Seconds now);
  bool small_is_full() const;
  bool small_is_due() const;
  bool came_back(std::uint64_t hash);
  void note_evicted(std::uint64_t hash, Queue queue);

  Memory* memory_ = nullptr;
  ChunkPool* pool_ = nullptr;
  ShardOptions options_;
  unsigned shard_bits_ = 0;
  std::size_t reserve_ = 0;  // memory that eviction keeps free, ahead of demand
  Index index_;
  Segments segments_;
  Ghosts ghosts_;
  Blocks blocks_;
  Collection* buried_ = nullptr;  // collections without owners, still to be taken apart
  std::size_t large_bytes_ = 0;
  std::size_t small_bytes_ = 0;  // live bytes in the small queue, with what lies apart
  std::size_t debt_ = 0;         // bytes put since eviction last worked
  std::int64_t given_back_ = 0;  // bytes of the budget, less those taken for moving
  std::uint32_t victim_ = 0;     // the segment that eviction is in the middle of
  std::uint32_t victim_offset_ = 0;
  bool cleaning_ = false;  // what is alive in it all stays
  double small_share_ = kLeastSmallShare;
  std::array<double, 2> evicted_ = {1, 1};  // lately, of each queue
  std::size_t reads_ = 0;  // evictions from the small queue that requests have paid for
  bool filled_ = false;    // there was a time when something had to go
  ShardStats stats_;
};

template <typename Visitor>
bool Shard::visit(std::uint32_t number, std::uint32_t& offset, std::size_t bytes, Seconds now,
                  const Visitor& visitor) {
  const Segment& segment = segments_[number];
  const std::uint32_t end = offset + static_cast<std::uint32_t>(bytes);
  while (offset < segment.used && offset < end) {
    const Location location = segments_.location(number, offset);
    const Place place{location, {}, Record(segments_.at(location))};
    offset += static_cast<std::uint32_t>(place.record.size());
    if (!place.record.dead() && !over(place.record, now)) visitor(place);
  }
  return offset < segment.used;
}

// Those of the bucket that do have these bits.
template <typename Visitor>
unsigned Shard::visit_bucket(std::uint64_t hash, const Visitor& visitor) const {
  std::vector<Location> found;
  const unsigned bits =
      index_.visit_bucket(hash, [&](Location location) { found.push_back(location); });
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  for (const Location location : found) {
    const Place place{location, {}, Record(segments_.at(location))};
    if (((hash_of(place.record) ^ hash) & mask) == 0) visitor(place);
  }
  return bits;
}

template <typename Visitor>
unsigned Shard::scan(std::uint64_t hash, Seconds now, const Visitor& visitor) const {
  return visit_bucket(hash, [&](const Place& place) {
    if (!over(place.record, now)) visitor(place);
  });
}

template <typename Filter>
unsigned Shard::sift(std::uint64_t hash, Seconds now, const Filter& unwanted, std::uint64_t& gone) {
  std::vector<Location> going;
  const unsigned bits = visit_bucket(hash, [&](const Place& place) {
    const bool is_over = over(place.record, now);
    if (is_over) ++stats_.reclaimed;
    if (is_over || unwanted(place)) going.push_back(place.location);
  });
  for (const Location location : going) {
    const std::uint64_t its = hash_of(Record(segments_.at(location)));
    const auto slot = index_.find(its, [&](Location at) { return at == location; });
    if (!slot) continue;
    bury(place_of(location, slot));
    index_.erase(its, slot);
    ++gone;
  }
  return bits;
}

}  // namespace arcus::daemon
