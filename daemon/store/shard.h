// Shard: one part of the store, chosen by hash: an index (chained buckets, grown step by step) and
// the ring of items that eviction's clock hand walks. Everything but `mutex` itself needs the
// mutex held; a Shard never takes another lock. The store owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "daemon/store/item.h"

namespace arcus::daemon {

struct ShardStats {
  std::uint64_t items = 0;
  std::uint64_t total_items = 0;
  std::uint64_t item_bytes = 0;
  std::uint64_t sticky_items = 0;
  std::uint64_t sticky_bytes = 0;
  std::uint64_t evictions = 0;
  std::uint64_t reclaimed = 0;  // expired or flushed, their memory taken back
  std::uint64_t index_bytes = 0;
};

class Shard {
 public:
  Shard() = default;
  Shard(const Shard&) = delete;
  ~Shard();

  void init(Memory& memory, std::uint32_t number, std::uint32_t shards);

  std::mutex mutex;

  // The live item of that key, or null; one that is over is taken away on the way.
  Item* find(std::uint32_t hash, std::string_view key, Seconds now);
  // Takes over the caller's reference and gives the item a new CAS id.
  void insert(Item* item);
  void remove(Item* item);
  void renew_cas(Item* item) { item->cas = next_cas(); }
  void set_expiry(Item* item, Seconds expires);

  // Frees items nobody asked for lately, until `wanted` bytes are free or all were looked at; how
  // many bytes were.
  std::size_t evict(std::size_t wanted, Seconds now);
  // Everything in here now is over; its memory comes back as it is met.
  void flush() { flushed_cas_ = last_cas_; }
  void clear();
  // Takes back what is over in the next `count` buckets; whether the end was reached.
  bool sweep(std::size_t count, Seconds now);

  const ShardStats& stats() const { return stats_; }
  void reset_stats();

 private:
  static constexpr std::size_t kFirstBuckets = 64;
  static constexpr std::size_t kMoveAtOnce = 16;

  struct Table {
    Item** buckets = nullptr;
    std::size_t size = 0;  // a power of two
  };

  bool over(const Item* item, Seconds now) const;
  std::uint64_t next_cas() { return last_cas_ += cas_step_; }
  Item** bucket(std::uint32_t hash);
  void grow_if_full();
  void move_some();
  void count_sticky(const Item* item);
  void uncount_sticky(const Item* item);
  void link_newest(Item* item);
  void unlink(Item* item);
  bool open_table(Table& table, std::size_t size);
  void close_table(Table& table);

  Memory* memory_ = nullptr;
  std::uint32_t hash_shift_ = 0;  // bits of the hash that chose this shard
  std::uint64_t cas_step_ = 0;
  std::uint64_t last_cas_ = 0;
  std::uint64_t flushed_cas_ = 0;
  Table table_;
  Table old_;  // while growing: what has not been moved yet
  std::size_t moved_ = 0;
  std::size_t sweep_at_ = 0;
  Item* newest_ = nullptr;
  Item* oldest_ = nullptr;
  ShardStats stats_;
};

}  // namespace arcus::daemon
