#include "daemon/memory/blocks.h"

#include <malloc.h>

#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>

namespace arcus::daemon {
namespace {

constexpr std::size_t kUnit = 16;
constexpr std::uint16_t kNone = 0xffff;
constexpr std::size_t kMostUnits = Blocks::kMostSmall / kUnit;
// What the allocator keeps beside a block, and the least that it cuts.
constexpr std::size_t kHeapOverhead = 2 * sizeof(std::size_t);

// Sizes in units, and the class by units wanted: every 16 bytes to 256, every 32 to 512, and then
// whatever fits a whole number of times into a page, so that little of a page is left over.
template <std::size_t classes, std::size_t page>
struct SizeTable {
  std::array<std::uint16_t, classes> units = {};
  std::array<std::uint8_t, kMostUnits + 1> by_units = {};

  constexpr SizeTable() {
    std::size_t at = 0;
    for (std::size_t size = 1; size <= 16; ++size) units[at++] = static_cast<std::uint16_t>(size);
    for (std::size_t size = 18; size <= 32; size += 2) {
      units[at++] = static_cast<std::uint16_t>(size);
    }
    for (std::size_t times = 15; times >= 3; --times) {
      units[at++] = static_cast<std::uint16_t>(page / times / kUnit);
    }
    std::size_t size_class = 0;
    for (std::size_t wanted = 0; wanted <= kMostUnits; ++wanted) {
      if (wanted > units[size_class]) ++size_class;
      by_units[wanted] = static_cast<std::uint8_t>(size_class);
    }
  }
};

constexpr SizeTable<37, 8192> kSizes;
static_assert(kSizes.units.back() == kMostUnits);

std::size_t class_of(std::size_t size) {
  return kSizes.by_units[(size + kUnit - 1) / kUnit];
}

std::size_t size_of(std::size_t size_class) {
  return kSizes.units[size_class] * kUnit;
}

}  // namespace

void Blocks::init(Memory& memory, ChunkPool& pool) {
  memory_ = &memory;
  pool_ = &pool;
  assert(std::has_single_bit(pool.chunk_size()) && pool.chunk_size() >= 2 * kPage);
  pages_per_chunk_ = pool.chunk_size() / kPage;
  const std::size_t header = sizeof(Chunk) + pages_per_chunk_ * sizeof(Page);
  header_ = (header + kUnit - 1) / kUnit * kUnit;
  static_assert(kSizes.units.size() == kClasses);
}

std::size_t Blocks::rounded(std::size_t size) {
  if (size <= kMostSmall) return size_of(class_of(size));
  // As the allocator rounds: a word more, to 16 bytes.
  return (size + sizeof(std::size_t) + kUnit - 1) / kUnit * kUnit - sizeof(std::size_t);
}

bool Blocks::prepare(std::size_t bytes) {
  // Two: the sizes that a leaf is split into may both be without a page.
  while (empty_pages_ < 2) {
    char* chunk = pool_->take();
    if (chunk == nullptr) return false;
    add_chunk(chunk);
  }
  return bytes <= empty_pages_ * kPage || !memory_->short_of(bytes);
}

char* Blocks::allocate(std::size_t size) {
  if (size > kMostSmall) return allocate_large(size);
  const std::size_t size_class = class_of(size);
  Page* page = partial_[size_class];
  if (page == nullptr && (page = open_page(size_class)) == nullptr) return nullptr;
  char* start = start_of(page);
  char* block;
  if (page->first_free != kNone) {
    block = start + page->first_free * kUnit;
    std::memcpy(&page->first_free, block, sizeof page->first_free);
  } else {
    block = start + page->fresh++ * size_of(size_class);
  }
  if (++page->used == blocks_in(page)) unlink(partial_[size_class], page);
  used_ += size_of(size_class);
  return block;
}

void Blocks::release(char* block, std::size_t size) {
  if (size > kMostSmall) return release_large(block, size);
  Page* page =
      &chunk_of(block)
           ->pages[(reinterpret_cast<std::uintptr_t>(block) & (pool_->chunk_size() - 1)) / kPage];
  assert(page->size_class == class_of(size) && page->used > 0);
#ifdef __SANITIZE_ADDRESS__
  std::memset(block, 0xdd, size_of(page->size_class));  // whoever still reads it shall notice
#endif
  used_ -= size_of(page->size_class);
  if (page->used == blocks_in(page)) link(partial_[page->size_class], page);
  std::memcpy(block, &page->first_free, sizeof page->first_free);
  page->first_free = static_cast<std::uint16_t>((block - start_of(page)) / kUnit);
  if (--page->used == 0) close_page(page);
}

char* Blocks::allocate_large(std::size_t size) {
  void* block = std::malloc(rounded(size));
  if (block == nullptr) return nullptr;
  const std::size_t footprint = malloc_usable_size(block) + kHeapOverhead;
  memory_->reserve(footprint);
  memory_->add_large(footprint);
  heap_ += footprint;
  used_ += rounded(size);
  return static_cast<char*>(block);
}

void Blocks::release_large(char* block, std::size_t size) {
  const std::size_t footprint = malloc_usable_size(block) + kHeapOverhead;
  std::free(block);
  memory_->release(footprint);
  memory_->remove_large(footprint);
  heap_ -= footprint;
  used_ -= rounded(size);
  given_back_ += footprint;
}

bool Blocks::add_chunk(char* memory) {
  if (memory == nullptr) return false;
  auto* chunk = reinterpret_cast<Chunk*>(memory);
  chunk->pages_used = 0;
  for (std::size_t i = pages_per_chunk_; i-- > 0;) link(empty_, &chunk->pages[i]);
  empty_pages_ += pages_per_chunk_;
  ++chunks_;
  return true;
}

void Blocks::give_back(Chunk* chunk) {
  for (std::size_t i = 0; i < pages_per_chunk_; ++i) unlink(empty_, &chunk->pages[i]);
  empty_pages_ -= pages_per_chunk_;
  --chunks_;
  given_back_ += pool_->chunk_size();
  pool_->give_back(reinterpret_cast<char*>(chunk));
}

Blocks::Page* Blocks::open_page(std::size_t size_class) {
  if (empty_ == nullptr && !add_chunk(pool_->take()) && !add_chunk(pool_->take_anyway())) {
    return nullptr;
  }
  Page* page = empty_;
  unlink(empty_, page);
  --empty_pages_;
  ++chunk_of(page)->pages_used;
  page->first_free = kNone;
  page->fresh = 0;
  page->used = 0;
  page->size_class = static_cast<std::uint16_t>(size_class);
  link(partial_[size_class], page);
  return page;
}

void Blocks::close_page(Page* page) {
  unlink(partial_[page->size_class], page);
  link(empty_, page);
  ++empty_pages_;
  Chunk* chunk = chunk_of(page);
  if (--chunk->pages_used == 0) give_back(chunk);
}

Blocks::Chunk* Blocks::chunk_of(const void* address) const {
  return reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(address) &
                                  ~(pool_->chunk_size() - 1));
}

char* Blocks::start_of(const Page* page) const {
  Chunk* chunk = chunk_of(page);
  const auto number = static_cast<std::size_t>(page - chunk->pages);
  return reinterpret_cast<char*>(chunk) + (number == 0 ? header_ : number * kPage);
}

std::size_t Blocks::blocks_in(const Page* page) const {
  const bool first = page == chunk_of(page)->pages;
  return (first ? kPage - header_ : kPage) / size_of(page->size_class);
}

void Blocks::link(Page*& list, Page* page) {
  page->next = list;
  page->prev = nullptr;
  if (list != nullptr) list->prev = page;
  list = page;
}

void Blocks::unlink(Page*& list, Page* page) {
  (page->prev == nullptr ? list : page->prev->next) = page->next;
  if (page->next != nullptr) page->next->prev = page->prev;
}

}  // namespace arcus::daemon
