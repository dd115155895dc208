// Store: keys and their items, in shards with a lock each, within one memory budget. Knows no
// protocol: commands call it with plain values and the engine's time. See daemon/README.md for the
// layout, the order of locks, eviction and expiry.
//
// A command asks for access to one key and then holds that key's shard until the Access ends: what
// it reads and changes meanwhile is one atomic step. It must not wait for anything, and must not
// ask for another access, before it lets go.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "daemon/store/access.h"
#include "daemon/memory/chunk_pool.h"
#include "daemon/store/large_value.h"
#include "daemon/memory/memory.h"
#include "daemon/store/shard.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

struct StoreOptions {
  std::size_t memory_limit = 64 << 20;
  std::size_t value_limit = 1 << 20;  // a value with its CR LF
  std::size_t sticky_limit = 0;
  bool evict = true;         // false: full is an error
  std::uint32_t shards = 0;  // a power of two; 0: as many as the memory asks for
  std::uint64_t hash_seed = 0;
};

struct StoreStats {
  ShardStats shards;  // the sum
  std::uint32_t shard_count = 0;
  std::size_t chunk_bytes = 0;  // of memory that is handed to a shard at a time
  std::size_t chunks_used = 0;
  std::size_t memory_used = 0;  // of the limit: items, index, and what is received or sent
  std::size_t memory_limit = 0;
  std::size_t large_bytes = 0;  // the part of it in values that lie apart
  std::size_t sticky_limit = 0;
  std::uint64_t out_of_memory = 0;
};

class Store {
 public:
  explicit Store(const StoreOptions& options);
  ~Store();

  // A key with its hash, which every other call wants; valid as long as the text is.
  Key key(std::string_view text) const { return {text, hash_key(text, options_.hash_seed)}; }

  // --- one key ---

  // To read, to remove, to mark as asked for.
  Access access(const Key& key, Seconds now);
  // To put() a value of up to `value_size` bytes too. Room for it is made before the key is looked
  // at; where there is none to be had, put() will say so.
  Access access_to_put(const Key& key, std::size_t value_size, Seconds now);
  // To change an item that may be there: its expiry, its marks, or, by put(), its value to one that
  // is up to `more` bytes longer.
  Access access_to_change(const Key& key, std::size_t more, Seconds now);

  // To change a collection so that it needs up to `block_bytes` more, or to create one: then room
  // for it counts too. Where there is none to be had, has_room() says so.
  Access access_to_grow(const Key& key, std::size_t block_bytes, Seconds now);

  // --- values that lie apart ---

  // Whether a value of that size is put() as a LargeValue, and not as bytes.
  bool is_large(std::size_t value_size) const { return value_size > inline_limit_; }
  // Room for one: to be filled (size bytes and CR LF), then given to put(). Empty when there is no
  // memory.
  LargeRef allocate_large(std::size_t value_size, Seconds now);
  // A value larger than this is refused by the commands.
  std::size_t value_limit() const { return options_.value_limit; }

  // --- a batch ahead ---

  // Fetches into the processor's cache what access() will want to see: for many keys, first the
  // index of all, then the items of all. Harmless for any hash.
  void prefetch_index(std::uint64_t hash) const { shard(hash).prefetch_index(hash); }
  void prefetch_item(std::uint64_t hash) const { shard(hash).prefetch_item(hash); }

  // --- all keys ---

  // Everything stored before `at` is over from then on; at <= now: at once. The last call counts.
  void flush(Seconds at, Seconds now);
  // Everything is gone when this returns, and its memory free, but for what collections leave to the
  // sweep.
  void drop_everything();
  // Shows a bounded number of items and moves on; whether there are more. An item that is moved by
  // eviction meanwhile may be shown twice or not at all.
  struct Cursor {
    std::uint32_t shard = 0;
    std::uint32_t segment = 0;
    std::uint64_t sequence = 0;
    std::uint32_t offset = 0;
  };
  using Visitor = std::function<void(const ItemView& item, std::uint64_t cas)>;
  bool visit(Cursor& cursor, Seconds now, const Visitor& visitor);

  // Shows the items of one bucket of the index, from 0 on; where to go on, 0 after the last one. An
  // item that is there all the while is shown, whatever else comes and goes; one may be shown twice
  // when the index shrinks. A place to go on from stays good for ever.
  std::uint64_t scan(std::uint64_t cursor, Seconds now, const Visitor& visitor);
  // The same, and removes those for which `unwanted` says so, and what is over; adds how many that were
  // to `gone`.
  using Filter = std::function<bool(const ItemView& item)>;
  std::uint64_t sift(std::uint64_t cursor, Seconds now, const Filter& unwanted,
                     std::uint64_t* gone = nullptr);

  // Background work, a bounded piece a call, by one thread: takes back the memory of what is over,
  // and comes down to a lowered limit.
  void sweep(Seconds now);

  StoreStats stats();
  void reset_stats();
  // Above it, evicting begins with the next thing that is put, and with the next sweep.
  void set_memory_limit(std::size_t bytes) { memory_.set_limit(bytes); }
  // The highest limit that set_memory_limit can make use of.
  std::size_t memory_ceiling() const;
  const StoreOptions& options() const { return options_; }

 private:
  Shard& shard(std::uint64_t hash) const { return shards_[hash & (options_.shards - 1)]; }
  std::size_t fair_share() const { return memory_.limit() / options_.shards; }
  template <typename Ready>
  bool make_room(Shard& shard, Seconds now, const Ready& ready);
  bool open_room(Shard& shard, std::size_t record_size, Seconds now);
  bool relieve(const Shard& needy, Seconds now);
  bool bring_below_limit(Seconds now);
  void apply_due_flush(Seconds now);
  void sweep_expired(Seconds now);
  void sweep_buried();
  void trim();

  StoreOptions options_;
  std::size_t inline_limit_ = 0;
  Memory memory_;
  ChunkPool pool_;
  std::unique_ptr<Shard[]> shards_;
  std::atomic<Seconds> flush_at_ = 0;  // 0: none is due
  std::atomic<std::uint64_t> out_of_memory_ = 0;
  std::atomic<std::uint32_t> next_to_evict_ = 0;
  // Where the sweep stands; its thread's alone.
  std::uint32_t sweep_shard_ = 0;
  std::uint32_t sweep_segment_ = 0;
  std::size_t freed_at_trim_ = 0;
};

}  // namespace arcus::daemon
