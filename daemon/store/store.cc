#include "daemon/store/store.h"

#include <algorithm>
#include <bit>
#include <mutex>

#include "daemon/store/hash.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;
constexpr std::size_t kGigabyte = std::size_t{1} << 30;
// What a Location can tell apart in one shard.
constexpr std::size_t kMostInShard = std::size_t{4} << 30;

// Enough that workers seldom meet in one, and few enough that what each leaves half empty is
// little: 16 at 64 MB, 64 at 1 GB, 256 at 16 GB.
std::uint32_t shards_for(std::size_t memory) {
  constexpr std::size_t kLeastShare = 4 * kMegabyte;
  std::size_t shards = 1;
  while (memory / (shards * 2) >= kLeastShare && shards * shards < memory / kMegabyte * 4)
    shards *= 2;
  while (memory / shards > kGigabyte) shards *= 2;
  return static_cast<std::uint32_t>(shards);
}

// So that a shard's share is 128 chunks: each shard leaves one or two of them half empty.
std::size_t chunk_size_for(std::size_t memory, std::uint32_t shards) {
  constexpr std::size_t kInShare = 128;
  return std::bit_floor(std::clamp<std::size_t>(memory / shards / kInShare, 32 << 10, kMegabyte));
}

StoreOptions completed(StoreOptions options) {
  if (options.shards == 0) options.shards = shards_for(options.memory_limit);
  return options;
}

std::size_t ceiling_for(const StoreOptions& options) {
  return std::min(options.shards * kMostInShard,
                  std::max(options.memory_limit * 4, 16 * kGigabyte));
}

std::size_t largest_record(std::size_t key_size, std::size_t value_size) {
  return Record::kMostHeader + key_size + value_size;
}

}  // namespace

Store::Store(const StoreOptions& options)
    : options_(completed(options)),
      memory_(options_.memory_limit),
      pool_(memory_, chunk_size_for(options_.memory_limit, options_.shards), ceiling_for(options_)),
      shards_(std::make_unique<Shard[]>(options_.shards)) {
  // The end of a segment is lost where the next record does not fit: of values this long, one
  // in 32.
  constexpr std::size_t kMostInline = 16 << 10;
  inline_limit_ = std::min(pool_.chunk_size() / 16, kMostInline);
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    shards_[i].init(
        memory_, pool_,
        {i, options_.shards, options_.hash_seed, options_.sticky_limit, options_.evict});
  }
}

Store::~Store() = default;

Access Store::access(const Key& key, Seconds now) {
  apply_due_flush(now);
  Shard& owner = shard(key.hash);
  owner.lock.lock();
  owner.note_read();
  return Access(owner, key, now);
}

Access Store::access_to_put(const Key& key, std::size_t value_size, Seconds now) {
  apply_due_flush(now);
  Shard& owner = shard(key.hash);
  const std::size_t in_log = is_large(value_size) ? sizeof(LargeValue*) : value_size;
  owner.lock.lock();
  const std::size_t record_size = largest_record(key.text.size(), in_log);
  if (!owner.has_room(record_size)) open_room(owner, record_size, now);
  return Access(owner, key, now);
}

Access Store::access_to_change(const Key& key, std::size_t more, Seconds now) {
  apply_due_flush(now);
  Shard& owner = shard(key.hash);
  owner.lock.lock();
  owner.note_read();
  // Making room may take away what it was made for, which is then simply not there.
  if (const Shard::Place place = owner.find(key, now)) {
    const std::size_t value_size = place.record.bytes().size() + more;
    open_room(owner, largest_record(key.text.size(), std::min(value_size, inline_limit_)), now);
  }
  return Access(owner, key, now);
}

Access Store::access_to_grow(const Key& key, std::size_t block_bytes, Seconds now) {
  apply_due_flush(now);
  Shard& owner = shard(key.hash);
  owner.lock.lock();
  owner.note_read();
  // The record's room comes last: eviction for the blocks may close the segment that has it.
  const bool has_room =
      make_room(owner, now, [&](bool) { return owner.prepare_blocks(block_bytes); }) &&
      open_room(owner, largest_record(key.text.size(), sizeof(Collection*)), now);
  return Access(owner, key, now, has_room);
}

bool Store::open_room(Shard& shard, std::size_t record_size, Seconds now) {
  return make_room(shard, now, [&](bool anyway) {
    if (anyway) shard.open_room_anyway(now);
    return shard.open_room(record_size, now);
  });
}

// Until ready() says that there is room; ready(true): it may go over the limit for it. The shard is
// locked, and is so again in the end.
template <typename Ready>
bool Store::make_room(Shard& shard, Seconds now, const Ready& ready) {
  if (ready(false)) return true;
  const std::size_t chunk = pool_.chunk_size();
  const auto others = [&] {
    shard.lock.unlock();
    const bool relieved = relieve(shard, now);
    shard.lock.lock();
    return relieved && ready(false);
  };
  if (shard.is_poor() && others()) return true;
  // What it gives back is its own to take, whoever else is over the limit.
  if (shard.evict(chunk, now) >= chunk) {
    ready(true);
    return true;
  }
  if (others()) return true;
  out_of_memory_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

// One chunk from another shard: of one that has more than its share if there is one.
bool Store::relieve(const Shard& needy, Seconds now) {
  for (const bool rich_only : {true, false}) {
    for (std::uint32_t i = 0; i < options_.shards; ++i) {
      const std::uint32_t turn = next_to_evict_.fetch_add(1, std::memory_order_relaxed);
      Shard& from = shards_[turn & (options_.shards - 1)];
      if (&from == &needy) continue;
      const std::lock_guard lock(from.lock);
      if (rich_only && from.bytes_held() <= fair_share()) continue;
      if (from.evict(pool_.chunk_size(), now) > 0) return true;
    }
  }
  return false;
}

LargeRef Store::allocate_large(std::size_t value_size, Seconds now) {
  apply_due_flush(now);
  LargeRef value(LargeValue::create(memory_, value_size));
  if (value && bring_below_limit(now)) return value;
  out_of_memory_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

// A piece from each shard in turn, until it is enough or a whole round brought nothing.
bool Store::bring_below_limit(Seconds now) {
  std::uint32_t in_vain = 0;
  while (memory_.over()) {
    if (in_vain == options_.shards) return false;
    const std::uint32_t turn = next_to_evict_.fetch_add(1, std::memory_order_relaxed);
    Shard& from = shards_[turn & (options_.shards - 1)];
    const std::lock_guard lock(from.lock);
    const std::size_t used = memory_.used();
    const std::size_t limit = memory_.limit();
    if (used <= limit) return true;
    const std::size_t wanted = std::min(used - limit, 4 * pool_.chunk_size());
    in_vain = from.evict(wanted, now) > 0 ? 0 : in_vain + 1;
  }
  return true;
}

void Store::flush(Seconds at, Seconds now) {
  if (at > now) {
    flush_at_ = at;
    return;
  }
  flush_at_ = 0;
  drop_everything();
}

void Store::apply_due_flush(Seconds now) {
  Seconds at = flush_at_.load(std::memory_order_relaxed);
  if (at == 0 || now < at) return;
  if (flush_at_.compare_exchange_strong(at, 0)) drop_everything();
}

void Store::drop_everything() {
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].lock);
    shards_[i].clear();
  }
}

bool Store::visit(Cursor& cursor, Seconds now, const Visitor& visitor) {
  constexpr std::size_t kAtOnce = 4 << 10;
  if (cursor.shard >= options_.shards) return false;
  Shard& from = shards_[cursor.shard];
  const std::lock_guard lock(from.lock);
  Segments& segments = from.segments();
  // The segment may have gone meanwhile, and another one have its number.
  if (cursor.segment == 0 || cursor.segment > segments.highest() ||
      segments[cursor.segment].data == nullptr ||
      segments[cursor.segment].sequence != cursor.sequence) {
    cursor.offset = 0;
    do {
      if (++cursor.segment > segments.highest()) {
        cursor.segment = 0;
        return ++cursor.shard < options_.shards;
      }
    } while (segments[cursor.segment].data == nullptr);
    cursor.sequence = segments[cursor.segment].sequence;
  }
  const bool more =
      from.visit(cursor.segment, cursor.offset, kAtOnce, now,
                 [&](const Shard::Place& place) { visitor(from.view(place), from.cas_of(place)); });
  if (!more) cursor.sequence = 0;
  return true;
}

namespace {

std::uint64_t reversed(std::uint64_t bits) {
  std::uint64_t other = 0;
  for (int i = 0; i < 64; ++i, bits >>= 1) other = other << 1 | (bits & 1);
  return other;
}

// Cursors are hashes with their bits in reverse: however many of a hash's lowest bits choose its
// bucket, those of one bucket lie next to each other in this order, so that what was shown is
// everything below the cursor, also when buckets were split or joined since.
std::uint64_t next_cursor(std::uint64_t cursor, unsigned bits) {
  const std::uint64_t step = std::uint64_t{1} << (64 - bits);
  return (cursor & ~(step - 1)) + step;  // 0 after the last
}

}  // namespace

std::uint64_t Store::scan(std::uint64_t cursor, Seconds now, const Visitor& visitor) {
  apply_due_flush(now);
  const std::uint64_t hash = reversed(cursor);
  Shard& from = shard(hash);
  const std::lock_guard lock(from.lock);
  const unsigned bits = from.scan(hash, now, [&](const Shard::Place& place) {
    visitor(from.view(place), from.cas_of(place));
  });
  return next_cursor(cursor, bits);
}

std::uint64_t Store::sift(std::uint64_t cursor, Seconds now, const Filter& unwanted,
                          std::uint64_t* gone) {
  apply_due_flush(now);
  const std::uint64_t hash = reversed(cursor);
  Shard& from = shard(hash);
  const std::lock_guard lock(from.lock);
  std::uint64_t removed = 0;
  const unsigned bits = from.sift(
      hash, now, [&](const Shard::Place& place) { return unwanted(from.view(place)); }, removed);
  if (gone != nullptr) *gone += removed;
  return next_cursor(cursor, bits);
}

void Store::sweep(Seconds now) {
  apply_due_flush(now);
  if (memory_.over() && options_.evict) bring_below_limit(now);
  sweep_expired(now);
  sweep_buried();
  trim();
}

// Collections that are gone: all of them, but no shard is held for long.
void Store::sweep_buried() {
  constexpr std::size_t kAtOnce = 64 << 10;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    for (bool more = true; more;) {
      const std::lock_guard lock(shards_[i].lock);
      more = shards_[i].free_buried(kAtOnce);
    }
  }
}

// The heap keeps free what lies between blocks in use, and a load of other sizes may never want it.
void Store::trim() {
  const std::size_t freed = memory_.large_freed();
  if (freed - freed_at_trim_ < memory_.limit() / 32) return;
  freed_at_trim_ = freed;
  trim_heap();
}

void Store::sweep_expired(Seconds now) {
  // At four calls a second: 32 MB of the log a second, when all of it has something that is over.
  constexpr std::size_t kMostBytes = 8 * kMegabyte;
  std::size_t scanned = 0;
  for (std::uint32_t i = 0; i < options_.shards && scanned < kMostBytes;) {
    Shard& next = shards_[sweep_shard_];
    {
      const std::lock_guard lock(next.lock);
      sweep_segment_ = next.sweep(sweep_segment_, scanned, now);
    }
    if (sweep_segment_ != 0) continue;
    sweep_shard_ = (sweep_shard_ + 1) & (options_.shards - 1);
    ++i;
  }
}

std::size_t Store::memory_ceiling() const {
  return std::min(pool_.ceiling(), options_.shards * (kMostInShard / 8 * 7));
}

StoreStats Store::stats() {
  StoreStats sum;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].lock);
    sum.shards.add(shards_[i].stats());
  }
  sum.shard_count = options_.shards;
  sum.chunk_bytes = pool_.chunk_size();
  sum.chunks_used = pool_.chunks_used();
  sum.memory_used = memory_.used();
  sum.memory_limit = memory_.limit();
  sum.large_bytes = memory_.large();
  sum.sticky_limit = options_.sticky_limit;
  sum.out_of_memory = out_of_memory_;
  return sum;
}

void Store::reset_stats() {
  out_of_memory_ = 0;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].lock);
    shards_[i].reset_stats();
  }
}

}  // namespace arcus::daemon
