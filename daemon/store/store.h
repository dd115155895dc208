// Store: keys and their items, in shards with a lock each, within one memory budget. Knows no
// protocol: commands call it with plain values and the engine's time. Any thread may call
// anything; each call is atomic for its key. See daemon/README.md for the layout and lock order.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "daemon/store/item.h"
#include "daemon/store/shard.h"

namespace arcus::daemon {

enum class StoreMode { kSet, kAdd, kReplace, kAppend, kPrepend, kCas };

enum class StoreResult {
  kStored,
  kNotStored,  // add: it is there; replace, append, prepend: it is not
  kExists,     // cas: somebody else has changed it
  kNotFound,
  kTooLarge,
  kNoMemory,
  kNotNumeric,
};

struct StoreOptions {
  std::size_t memory_limit = 64 << 20;
  std::size_t value_limit = 1 << 20;  // a value with its CR LF
  std::size_t sticky_limit = 0;
  bool evict = true;           // false: full is an error
  std::uint32_t shards = 256;  // a power of two
  std::uint64_t hash_seed = 0;
};

struct ItemSpec {
  std::string_view key;  // at most 65535 bytes
  std::uint32_t flags = 0;
  Seconds expires = kNever;
  std::size_t value_size = 0;  // without CR LF
};

struct StoreStats {
  ShardStats shards;  // the sum
  std::size_t memory_used = 0;
  std::size_t memory_limit = 0;
  std::size_t sticky_limit = 0;
  std::uint64_t out_of_memory = 0;
};

class Store {
 public:
  explicit Store(const StoreOptions& options);

  ItemRef find(std::string_view key, Seconds now);
  // find() and touch() in one; the reference is empty unless the result is kStored.
  std::pair<StoreResult, ItemRef> find_and_touch(std::string_view key, Seconds expires,
                                                 Seconds now);

  // An item that is not in the store yet: fill value_data() (value_size bytes, CR LF included),
  // then give it to store(). The reference is empty unless the result is kStored.
  std::pair<StoreResult, ItemRef> allocate(const ItemSpec& spec, Seconds now);
  StoreResult store(StoreMode mode, ItemRef item, std::uint64_t cas, Seconds now);

  bool remove(std::string_view key, Seconds now);
  StoreResult touch(std::string_view key, Seconds expires, Seconds now);
  // Adds to (or takes from, never below 0) a decimal value; the new value.
  std::pair<StoreResult, std::uint64_t> add(std::string_view key, std::uint64_t delta,
                                            bool subtract, Seconds now);

  // Everything stored before `at` is over from then on; at <= now: at once. The last call counts.
  void flush(Seconds at, Seconds now);
  // Everything is gone and its memory free when this returns.
  void drop_everything();

  // Background work, a bounded piece a call: takes back the memory of what is over.
  void sweep(Seconds now);

  StoreStats stats();
  void reset_stats();
  void set_memory_limit(std::size_t bytes) { memory_.set_limit(bytes); }
  std::size_t value_limit() const { return options_.value_limit; }
  const StoreOptions& options() const { return options_; }

 private:
  Shard& shard(std::uint32_t hash) { return shards_[hash & (options_.shards - 1)]; }
  std::uint32_t hash(std::string_view key) const;
  std::pair<StoreResult, ItemRef> allocate_hashed(const ItemSpec& spec, std::uint32_t hash,
                                                  Seconds now);
  bool make_room(std::uint32_t hash, Seconds now);
  bool sticky_fits(const Item* item) const;
  StoreResult join_values(StoreMode mode, const ItemRef& part, Seconds now);
  ItemRef take_reference(Item* item);
  void apply_due_flush(Seconds now);
  void flush_shards();

  StoreOptions options_;
  Memory memory_;
  std::unique_ptr<Shard[]> shards_;
  std::atomic<Seconds> flush_at_ = 0;  // 0: none is due
  std::atomic<std::uint64_t> out_of_memory_ = 0;
  std::atomic<std::uint32_t> sweep_shard_ = 0;
  std::atomic<std::uint32_t> hurry_ = 0;  // shards that a flush has left full of dead items
};

}  // namespace arcus::daemon
