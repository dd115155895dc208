// Ghosts: fingerprints of what was evicted lately, without its value. What is stored again while its
// ghost is here was evicted too early; where the ghost is among the latest, it would be here still
// had its queue been a little longer. Sets of 31 fingerprints of 16 bits; the oldest of a set gives
// way. Forgetful and, once in a thousand times, wrong: both cost only a hit now and then.
// Lives in pages of the pool; needs the shard's lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/memory/chunk_pool.h"
#include "daemon/store/segments.h"

namespace arcus::daemon {

class Ghosts {
 public:
  void init(ChunkPool& pool);
  ~Ghosts() { clear(); }

  struct Past {
    bool known = false;
    bool recent = false;  // among the last fifteenth
    Queue from = Queue::kSmall;
  };

  // As many as that, about, from now on, in whole pages and not more than that many bytes.
  void resize(std::size_t wanted, std::size_t most_bytes);
  void add(std::uint64_t hash, Queue from);
  // What is known of it; if anything, it is forgotten.
  Past take(std::uint64_t hash);
  void clear();

  std::size_t bytes() const { return pool_ == nullptr ? 0 : pages_.size() * pool_->page_size(); }

 private:
  struct alignas(64) Set {
    std::uint16_t next;
    std::array<std::uint16_t, 31> prints;  // 0: none
  };
  static_assert(sizeof(Set) == 64);

  static constexpr std::size_t kRecent = 2;  // of a set
  static constexpr std::uint16_t kFromMain = 0x8000;

  static std::uint16_t print_of(std::uint64_t hash) {
    const auto print = static_cast<std::uint16_t>(hash >> 40 & ~std::uint64_t{kFromMain});
    return print != 0 ? print : 1;
  }
  Set& set_of(std::uint64_t hash);

  ChunkPool* pool_ = nullptr;
  unsigned page_shift_ = 0;  // of sets in a page
  std::vector<Set*> pages_;
};

}  // namespace arcus::daemon
