// Segments: one shard's log. A segment is a chunk that is filled from its start with records; what
// is in it only dies, until all of it is dead and the chunk goes back to the pool. Segments stand
// in queues, oldest first, and only the newest of a queue takes records. Needs the shard's lock,
// but for peek().
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/memory/chunk_pool.h"
#include "daemon/store/index.h"
#include "daemon/store/record.h"
#include "daemon/store/sparse_table.h"

namespace arcus::daemon {

// S3-FIFO's two queues: what is new, and what was asked for again.
enum class Queue : std::uint8_t { kSmall, kMain };

struct Segment {
  char* data = nullptr;
  std::uint32_t used = 0;
  std::uint32_t dead = 0;  // bytes of records that are dead
  std::uint32_t older = 0;
  std::uint32_t newer = 0;
  std::uint64_t sequence = 0;  // never used twice in this shard
  Seconds opened = 0;
  Seconds first_expiry = 0;  // nothing in it expires earlier; kNever: nothing does
  std::uint32_t apart = 0;   // records of what lies apart, dead ones too
  Queue queue = Queue::kSmall;
  bool taking = false;  // records may still be added
};

class Segments {
 public:
  void init(ChunkPool& pool);
  ~Segments() { clear(); }

  // Where a record of that size goes, or 0 when no segment of the queue has room for it: the newest
  // one, unless the last one before it that was left with much room can have it.
  Location append(Queue queue, std::size_t size);
  // Where the next one of that size will go, or 0.
  Location next(Queue queue, std::size_t size) const;
  // A new newest segment on that chunk; its predecessor takes only what fits into its end.
  void open(Queue queue, char* chunk, Seconds now);
  // The segment takes no more, as it is.
  void seal(std::uint32_t number);
  bool fits(Queue queue, std::size_t size) const {
    return takes(ends(queue).newest, size) || takes(ends(queue).roomy, size);
  }

  // Notes that the record there is dead; gives the chunk back when all of its segment is, and the
  // segment takes no more. Whether it did.
  bool died(std::uint32_t number, std::size_t size);
  void clear();

  char* at(Location location) const {
    return load_base(location >> offset_bits_) + (location & offset_mask_);
  }
  Segment& of(Location location) { return segments_[location >> offset_bits_]; }
  const Segment& of(Location location) const { return segments_[location >> offset_bits_]; }
  std::uint32_t number(Location location) const { return location >> offset_bits_; }
  std::uint32_t offset(Location location) const { return location & offset_mask_; }
  Location location(std::uint32_t number, std::uint32_t offset) const {
    return (number << offset_bits_) | offset;
  }
  Segment& operator[](std::uint32_t number) { return segments_[number]; }
  const Segment& operator[](std::uint32_t number) const { return segments_[number]; }
  // Numbers are from 1 up to this; some are of no segment (data is null).
  std::uint32_t highest() const { return static_cast<std::uint32_t>(segments_.size()) - 1; }
  std::uint32_t oldest(Queue queue) const { return ends(queue).oldest; }
  std::uint32_t newest(Queue queue) const { return ends(queue).newest; }
  unsigned offset_bits() const { return offset_bits_; }
  std::size_t chunks() const { return open_; }
  std::size_t dead_bytes() const { return dead_; }
  // A sequence number for something else than a segment.
  std::uint64_t take_sequence() { return ++last_sequence_; }
  // The segment that would give back most if what is alive in it were moved, and how much; 0 when
  // none would. Not one that takes records.
  std::uint32_t emptiest(std::size_t& gain) const;

  // Any thread, no lock: fetches what may be a record there.
  void prefetch(Location location) const;

 private:
  struct Ends {
    std::uint32_t oldest = 0;
    std::uint32_t newest = 0;
    std::uint32_t roomy = 0;  // not the newest, but takes records as well; 0: there is none
  };

  const Ends& ends(Queue queue) const { return ends_[static_cast<std::size_t>(queue)]; }
  Ends& ends(Queue queue) { return ends_[static_cast<std::size_t>(queue)]; }
  char* load_base(std::uint32_t number) const {
    return std::atomic_ref<char*>(const_cast<char*&>(bases_[number]))
        .load(std::memory_order_relaxed);
  }
  void store_base(std::uint32_t number, char* base) {
    std::atomic_ref<char*>(bases_[number]).store(base, std::memory_order_relaxed);
  }
  bool takes(std::uint32_t number, std::size_t size) const {
    return number != 0 && segments_[number].taking && room(number) >= size;
  }
  std::size_t room(std::uint32_t number) const { return size_ - segments_[number].used; }
  std::uint32_t free_number();
  void give_back(std::uint32_t number);
  void leave_newest(Queue queue);

  ChunkPool* pool_ = nullptr;
  std::size_t size_ = 0;
  unsigned offset_bits_ = 0;
  std::uint32_t offset_mask_ = 0;
  std::array<Ends, 2> ends_;
  std::vector<Segment> segments_;
  std::vector<std::uint32_t> free_numbers_;
  SparseTable<char*> bases_;  // the segments' data, for whoever has no lock
  std::uint64_t last_sequence_ = 0;
  std::size_t open_ = 0;
  std::size_t dead_ = 0;
};

}  // namespace arcus::daemon
