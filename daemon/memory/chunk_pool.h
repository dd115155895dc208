// ChunkPool: the store's memory, in chunks of one size that all uses share: segments of items, the
// index, ghosts. What one use gives back serves any other. Chunks in use count against the budget;
// few of the others keep their memory, the rest goes back to the machine. For the index a chunk is
// cut into eight pages, which all shards share.
//
// One stretch of addresses is set aside at the start and never given up, so a pointer into any
// chunk can always be read (what stands there is another matter). Any thread; the mutex is taken
// once for thousands of items, under a shard's lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "daemon/memory/memory.h"

namespace arcus::daemon {

class ChunkPool {
 public:
  // Throws std::bad_alloc when not even the limit can be set aside.
  ChunkPool(Memory& memory, std::size_t chunk_size, std::size_t ceiling);
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;

  // A chunk with anything in it, or null: the budget is spent.
  char* take();
  // For what must not fail: over the budget if need be. Null when the machine has no memory.
  char* take_anyway();
  void give_back(char* chunk);

  // The same by pages. Those of the lowest chunks are handed out first, so that others fall empty.
  char* take_page_anyway();
  void give_back_page(char* page);
  std::size_t page_size() const { return chunk_size_ / kPages; }

  std::size_t chunk_size() const { return chunk_size_; }
  // Bytes that could be handed out, whatever the budget says.
  std::size_t ceiling() const { return ceiling_; }
  std::size_t chunks_used() const { return used_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kPages = 8;
  static constexpr std::uint8_t kAllFree = 0xff;

  char* find_chunk();
  bool open_extent();

  Memory& memory_;
  const std::size_t chunk_size_;
  std::size_t ceiling_ = 0;
  char* mapping_ = nullptr;
  std::size_t mapping_size_ = 0;
  char* base_ = nullptr;  // the first chunk, on a huge page's border
  std::atomic<std::size_t> used_ = 0;
  std::mutex mutex_;
  std::size_t opened_ = 0;    // bytes that may be touched
  std::size_t frontier_ = 0;  // bytes that were ever handed out
  std::vector<char*> warm_;   // free, with their pages
  std::vector<char*> cold_;   // free, without
  std::mutex pages_mutex_;    // taken before the other one
  std::map<char*, std::uint8_t> cut_;  // chunks with a free page, and a bit for each that is
};

}  // namespace arcus::daemon
