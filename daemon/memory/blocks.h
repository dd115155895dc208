// Blocks: memory in pieces of any size, for one shard's collections: small ones cut from chunks of
// the pool, others from the heap; all of it counts against the budget. Nothing is written in front
// of a block, so whoever gives it back says how large it was. Pages that have become empty serve
// blocks of any other size, chunks that have become empty go back to the pool.
//
// Needs the lock of the shard that owns it.
#pragma once

#include <cstddef>

#include "daemon/memory/chunk_pool.h"
#include "daemon/memory/memory.h"

namespace arcus::daemon {

class Blocks {
 public:
  void init(Memory& memory, ChunkPool& pool);

  // Sees to it that blocks of that many bytes in all can be had within the budget. False: they
  // can't, since the budget is spent; whoever has evicted something may ask again.
  bool prepare(std::size_t bytes);
  // At least that many bytes, aligned to 8, with anything in them. Beyond what was prepared it goes
  // over the budget if need be. Null when the machine has no memory.
  char* allocate(std::size_t size);
  void release(char* block, std::size_t size);

  // What a block of that size really takes; all of it may be used.
  static std::size_t rounded(std::size_t size);

  // Of the budget: chunks, empty parts included, and what is on the heap.
  std::size_t held() const { return held_; }
  // Bytes given back to the budget since the start.
  std::size_t given_back() const { return given_back_; }

 private:
  Memory* memory_ = nullptr;
  std::size_t held_ = 0, given_back_ = 0;
};

}  // namespace arcus::daemon
