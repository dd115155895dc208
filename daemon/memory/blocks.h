// Blocks: memory in pieces of any size, for one shard's collections: small ones cut from chunks of
// the pool, others from the heap; all of it counts against the budget. Nothing is written in front
// of a block, so whoever gives it back says how large it was. Pages that have become empty serve
// blocks of any other size, chunks that have become empty go back to the pool.
//
// Needs the lock of the shard that owns it. What is on the heap when it goes must have been given
// back; chunks go with their pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "daemon/memory/chunk_pool.h"
#include "daemon/memory/memory.h"

namespace arcus::daemon {

class Blocks {
 public:
  // The largest that is cut from a page; anything above it is on the heap.
  static constexpr std::size_t kMostSmall = 2720;

  Blocks() = default;
  Blocks(const Blocks&) = delete;
  void init(Memory& memory, ChunkPool& pool);

  // Sees to it that blocks of that many bytes in all can be had within the budget, but for the part
  // of a chunk when many sizes run out of pages at once. False: they can't, since the budget is
  // spent; whoever has evicted something may ask again.
  bool prepare(std::size_t bytes);
  // At least that many bytes, aligned to 8, with anything in them. Beyond what was prepared it goes
  // over the budget if need be. Null when the machine has no memory.
  char* allocate(std::size_t size);
  void release(char* block, std::size_t size);

  // What a block of that size really takes; all of it may be used.
  static std::size_t rounded(std::size_t size);

  // Of the budget: chunks, empty parts included, and what is on the heap.
  std::size_t held() const { return chunks_ * pool_->chunk_size() + heap_; }
  // Of that, what is in blocks now, each as rounded.
  std::size_t used() const { return used_; }
  // Bytes given back to the budget since the start.
  std::size_t given_back() const { return given_back_; }

 private:
  static constexpr std::size_t kPage = 8192;
  static constexpr std::size_t kClasses = 37;

  struct Page {
    Page* next;
    Page* prev;
    std::uint16_t first_free;  // the place of a block that was given back, in units
    std::uint16_t fresh;       // blocks from here on were never given out
    std::uint16_t used;        // blocks
    std::uint16_t size_class;
  };
  // A chunk begins with its pages' descriptions; its first page is smaller by that much.
  struct Chunk {
    std::size_t pages_used;
    Page pages[];
  };

  char* allocate_large(std::size_t size);
  void release_large(char* block, std::size_t size);
  bool add_chunk(char* memory);
  void give_back(Chunk* chunk);
  Page* open_page(std::size_t size_class);
  void close_page(Page* page);
  Chunk* chunk_of(const void* address) const;
  char* start_of(const Page* page) const;
  std::size_t blocks_in(const Page* page) const;
  static void link(Page*& list, Page* page);
  static void unlink(Page*& list, Page* page);

  Memory* memory_ = nullptr;
  ChunkPool* pool_ = nullptr;
  std::array<Page*, kClasses> partial_ = {};  // pages with free blocks and others
  Page* empty_ = nullptr;
  std::size_t empty_pages_ = 0;
  std::size_t chunks_ = 0;
  std::size_t pages_per_chunk_ = 0;
  std::size_t header_ = 0;  // bytes at a chunk's start
  std::size_t heap_ = 0;
  std::size_t used_ = 0;
  std::size_t given_back_ = 0;
};

}  // namespace arcus::daemon
