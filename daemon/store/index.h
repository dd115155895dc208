// Index: from a key's hash to places in the log, for one shard. Buckets of 64 bytes, one cache line
// each, hold twelve entries: a tag of one byte and a place of four. Linear hashing (W. Litwin,
// 1980) splits or joins one bucket at a time as items come and go, so it never stalls and is always
// as large as its items ask for. What full buckets have no room for lies in a chain of spill
// buckets that four neighbours share: only the last one of a chain is not full. Spill buckets hold
// eleven entries and, instead of the twelfth, which of the four each belongs to.
//
// Needs the shard's lock, but for prefetch() and peek().
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/memory/chunk_pool.h"
#include "daemon/store/sparse_table.h"
#include "daemon/store/spill_buckets.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace arcus::daemon {

// Where a record is: its segment's number and the offset in it. 0 is no place.
using Location = std::uint32_t;

class Index {
 private:
  struct Bucket;

 public:
  // An entry; of use until the index is changed in any other way than by move().
  struct Slot {
    Bucket* bucket = nullptr;
    unsigned at = 0;
    explicit operator bool() const { return bucket != nullptr; }
  };

  // `ignored_bits`: the lowest bits of every hash, which are the same in all this shard's keys.
  void init(ChunkPool& pool, unsigned ignored_bits);
  ~Index();

  // The first entry for which `is_it(location)` says so, among those with the hash's tag.
  template <typename IsIt>
  Slot find(std::uint64_t hash, const IsIt& is_it) const;
  static Location location(const Slot& slot) { return load(slot.bucket->places[slot.at]); }
  static void move(const Slot& slot, Location to) { store(slot.bucket->places[slot.at], to); }

  // `hash_at(location)` gives the hash of what is there. False: the machine has no memory.
  template <typename HashAt>
  bool insert(std::uint64_t hash, Location location, const HashAt& hash_at);
  void erase(std::uint64_t hash, const Slot& slot);
  void clear();

  // Shows all entries of the bucket that the hash falls in; perhaps others, too. How many of a hash's
  // lowest bits choose that bucket.
  template <typename Visitor>
  unsigned visit_bucket(std::uint64_t hash, const Visitor& visitor) const;

  std::size_t items() const { return items_; }
  std::size_t bytes() const;

  // Any thread, no lock: fetches the bucket; then calls `candidate(location)` for what may be the
  // item, which may be anything when somebody is changing the bucket, or fetches where the search
  // will go on.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(home(hash)); }
  template <typename Candidate>
  void peek(std::uint64_t hash, const Candidate& candidate) const;

 private:
  static constexpr unsigned kEntries = 12;
  static constexpr unsigned kSpillEntries = 11;
  static constexpr unsigned kHomeMask = (1u << kEntries) - 1;
  static constexpr unsigned kSpillMask = (1u << kSpillEntries) - 1;
  static constexpr std::size_t kNeighbours = 4;  // they share a chain
  static constexpr std::size_t kFirstBuckets = 8;
  // Items a bucket, at most and at least, in the mean; in halves.
  static constexpr std::size_t kMostHalves = 22;
  static constexpr std::size_t kLeastHalves = 15;

  struct alignas(64) Bucket {
    std::uint8_t tags[kEntries];  // 0: the entry is free
    // The next bucket of the chain, or 0: of a home bucket the first one, if it has entries there.
    std::uint32_t spill;
    Location places[kEntries];  // the last one of a spill bucket: two bits an entry, whose it is

    unsigned owner(unsigned at) const { return places[kSpillEntries] >> (2 * at) & 3; }
    void set_owner(unsigned at, unsigned owner);
    // A bit for each entry there may be that is of that neighbour.
    unsigned owned_by(unsigned owner) const;
  };
  static_assert(sizeof(Bucket) == 64);

  struct Entry {
    std::uint8_t tag = 0;
    Location place = 0;
  };

  // Written under the lock, peeked at without.
  template <typename T>
  static T load(const T& from) {
    return std::atomic_ref<T>(const_cast<T&>(from)).load(std::memory_order_relaxed);
  }
  template <typename T>
  static void store(T& to, T value) {
    std::atomic_ref<T>(to).store(value, std::memory_order_relaxed);
  }

  static std::uint8_t tag_of(std::uint64_t hash) {
    const auto tag = static_cast<std::uint8_t>(hash >> 56);
    return tag != 0 ? tag : 1;
  }
  // A bit for each entry with that tag.
  static unsigned matches(const Bucket& bucket, std::uint8_t tag);
  // How many buckets there are, and one less than the next power of two: in one piece, so that
  // whoever peeks sees the two that belong together.
  struct alignas(8) Extent {
    std::uint32_t buckets = 0;
    std::uint32_t mask = 0;

    explicit Extent(std::size_t count = 0)
        : buckets(static_cast<std::uint32_t>(count)),
          mask(static_cast<std::uint32_t>(std::bit_ceil(count) - 1)) {}
    std::size_t place(std::uint64_t bits) const {
      const std::uint32_t place = static_cast<std::uint32_t>(bits) & mask;
      return place < buckets ? place : place & (mask >> 1);
    }
  };
  static unsigned neighbour(std::size_t number) {
    return static_cast<unsigned>(number % kNeighbours);
  }
  std::size_t home_number(std::uint64_t hash) const {
    return extent_.load(std::memory_order_acquire).place(hash >> ignored_bits_);
  }
  std::size_t buckets() const { return extent_.load(std::memory_order_relaxed).buckets; }
  Bucket* bucket(std::size_t number) const;
  Bucket* home(std::uint64_t hash) const { return bucket(home_number(hash)); }
  Bucket* spill(std::uint32_t number) const { return spills_.at(number); }
  static void reset(Bucket& bucket);
  static void write(Bucket& bucket, unsigned at, const Entry& entry);
  bool put(std::size_t number, const Entry& entry);
  bool put_in_chain(std::size_t number, const Entry& entry);
  std::uint32_t chain_of(std::size_t number) const;
  Slot any_in_chain(std::size_t number) const;
  void take_from_chain(std::size_t number, const Slot& hole);
  void take_all(std::size_t number);
  bool open_bucket();
  void close_bucket();
  template <typename HashAt>
  void split(const HashAt& hash_at);
  void join();
  void clear_pages(std::size_t keep);

  ChunkPool* pool_ = nullptr;
  unsigned ignored_bits_ = 0;
  unsigned page_shift_ = 0;  // of buckets in a page
  std::size_t page_mask_ = 0;
  std::size_t items_ = 0;
  std::size_t pages_used_ = 0;
  std::atomic<Extent> extent_ = Extent();
  SparseTable<Bucket*> pages_;
  SpillBuckets<Bucket> spills_;
  std::vector<Entry> moving_;  // of a bucket that is being split or joined
};

inline unsigned Index::matches(const Bucket& bucket, std::uint8_t tag) {
#if defined(__SSE2__)
  std::uint64_t low, high;
  low =
      std::atomic_ref<std::uint64_t>(reinterpret_cast<std::uint64_t&>(const_cast<Bucket&>(bucket)))
          .load(std::memory_order_relaxed);
  high = std::atomic_ref<std::uint64_t>(
             reinterpret_cast<std::uint64_t*>(const_cast<Bucket*>(&bucket))[1])
             .load(std::memory_order_relaxed);
  const __m128i tags = _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
  const __m128i equal = _mm_cmpeq_epi8(tags, _mm_set1_epi8(static_cast<char>(tag)));
  return static_cast<unsigned>(_mm_movemask_epi8(equal)) & kHomeMask;
#else
  unsigned found = 0;
  for (unsigned i = 0; i < kEntries; ++i) found |= unsigned{load(bucket.tags[i]) == tag} << i;
  return found;
#endif
}

inline Index::Bucket* Index::bucket(std::size_t number) const {
  return load(pages_[number >> page_shift_]) + (number & page_mask_);
}

inline unsigned Index::Bucket::owned_by(unsigned owner) const {
  const std::uint32_t differs = places[kSpillEntries] ^ owner * 0x55555555u;
  std::uint32_t pairs = ~(differs | differs >> 1) & 0x155555;  // bit 2i: entry i
  pairs = (pairs | pairs >> 1) & 0x333333;
  pairs = (pairs | pairs >> 2) & 0x0f0f0f;
  pairs = (pairs | pairs >> 4) & 0x00ff00ff;
  return (pairs | pairs >> 8) & kSpillMask;
}

template <typename IsIt>
Index::Slot Index::find(std::uint64_t hash, const IsIt& is_it) const {
  const std::uint8_t tag = tag_of(hash);
  const std::size_t number = home_number(hash);
  Bucket* at = bucket(number);
  unsigned found = matches(*at, tag);
  while (true) {
    for (; found != 0; found &= found - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(found));
      if (is_it(at->places[i])) return {at, i};
    }
    if (at->spill == 0) return {};
    at = spill(at->spill);
    found = matches(*at, tag) & at->owned_by(neighbour(number));
  }
}

template <typename Visitor>
unsigned Index::visit_bucket(std::uint64_t hash, const Visitor& visitor) const {
  const std::uint64_t bits = hash >> ignored_bits_;
  const Extent extent = extent_.load(std::memory_order_relaxed);
  const std::size_t half = (std::size_t{extent.mask} + 1) / 2;
  unsigned entries = kEntries;
  for (const Bucket* at = home(hash);; at = spill(at->spill)) {
    for (unsigned i = 0; i < entries; ++i) {
      if (at->tags[i] != 0) visitor(at->places[i]);
    }
    if (at->spill == 0) break;
    entries = kSpillEntries;
  }
  // Those of the lower half that have been split need one more.
  const bool is_split = (bits & (half - 1)) + half < extent.buckets;
  return ignored_bits_ + static_cast<unsigned>(std::bit_width(half)) - (is_split ? 0 : 1);
}

template <typename Candidate>
void Index::peek(std::uint64_t hash, const Candidate& candidate) const {
#if defined(__SANITIZE_THREAD__)
  (void)hash, (void)candidate;  // a race by design: what is read is only a hint
#else
  const Bucket* at = home(hash);
  const unsigned found = matches(*at, tag_of(hash));
  if (found != 0) {
    candidate(load(at->places[std::countr_zero(found)]));
  } else if (const std::uint32_t next = load(at->spill); next != 0) {
    spills_.prefetch(next);
  }
#endif
}

template <typename HashAt>
bool Index::insert(std::uint64_t hash, Location location, const HashAt& hash_at) {
  if (!put(home_number(hash), {tag_of(hash), location})) return false;
  ++items_;
  if (items_ * 2 > buckets() * kMostHalves) split(hash_at);
  return true;
}

// The last bucket comes into being and takes its share of the one that it was part of.
template <typename HashAt>
void Index::split(const HashAt& hash_at) {
  const std::size_t fresh = buckets();
  const Extent extent(fresh + 1);
  const std::size_t from = fresh & (extent.mask >> 1);
  take_all(from);
  // No memory: the chains grow instead.
  const bool opened = spills_.make_room(moving_.size() / kSpillEntries + 1) && open_bucket();
  for (const Entry& entry : moving_) {
    const bool moves = opened && extent.place(hash_at(entry.place) >> ignored_bits_) == fresh;
    put(moves ? fresh : from, entry);
  }
}

}  // namespace arcus::daemon
