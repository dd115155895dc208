// Ghosts: fingerprints of what was evicted lately, without its value: whoever is stored again while
// its ghost is here was evicted too early. Sets of 31 fingerprints of 16 bits; the oldest of a set
// gives way. Forgetful and, once in two thousand times, wrong: both cost only a hit now and then.
// Lives in chunks of the pool; needs the shard's lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/memory/chunk_pool.h"

namespace arcus::daemon {

class Ghosts {
 public:
  void init(ChunkPool& pool);
  ~Ghosts() { clear(); }

  // As many as that, about, from now on, in whole chunks and not more than that many bytes.
  void resize(std::size_t wanted, std::size_t most_bytes);
  void add(std::uint64_t hash);
  // Whether it is here; if so it is forgotten.
  bool take(std::uint64_t hash);
  void clear();

  std::size_t chunks() const { return pages_.size(); }

 private:
  struct alignas(64) Set {
    std::uint16_t next;
    std::array<std::uint16_t, 31> prints;  // 0: none
  };
  static_assert(sizeof(Set) == 64);

  static std::uint16_t print_of(std::uint64_t hash) {
    const auto print = static_cast<std::uint16_t>(hash >> 40);
    return print != 0 ? print : 1;
  }
  Set& set_of(std::uint64_t hash);

  ChunkPool* pool_ = nullptr;
  unsigned page_shift_ = 0;  // of sets in a chunk
  std::vector<Set*> pages_;
};

}  // namespace arcus::daemon
