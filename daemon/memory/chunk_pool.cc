#include "daemon/memory/chunk_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

namespace arcus::daemon {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t rounded_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) / unit * unit;
}

}  // namespace

ChunkPool::ChunkPool(Memory& memory, std::size_t chunk_size, std::size_t ceiling)
    : memory_(memory), chunk_size_(chunk_size) {
  const std::size_t least = rounded_up(memory.limit(), kHugePage) + kHugePage;
  ceiling_ = std::max(rounded_up(ceiling, kHugePage), least);
  while (true) {
    mapping_size_ = ceiling_ + kHugePage;
    void* mapping =
        mmap(nullptr, mapping_size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping != MAP_FAILED) {
      mapping_ = static_cast<char*>(mapping);
      break;
    }
    // A limit on the address space (ulimit -v): make do with less room to grow.
    if (ceiling_ == least) throw std::bad_alloc();
    ceiling_ = std::max(least, rounded_up(ceiling_ / 2, kHugePage));
  }
  const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
  base_ = mapping_ + (rounded_up(address, kHugePage) - address);
}

ChunkPool::~ChunkPool() {
  munmap(mapping_, mapping_size_);
}

char* ChunkPool::take() {
  if (!memory_.try_reserve(chunk_size_)) return nullptr;
  char* chunk = find_chunk();
  if (chunk == nullptr) memory_.release(chunk_size_);
  return chunk;
}

char* ChunkPool::take_anyway() {
  char* chunk = find_chunk();
  if (chunk != nullptr) memory_.reserve(chunk_size_);
  return chunk;
}

char* ChunkPool::find_chunk() {
  const std::lock_guard lock(mutex_);
  for (auto* list : {&warm_, &cold_}) {
    if (list->empty()) continue;
    char* chunk = list->back();
    list->pop_back();
    used_.fetch_add(1, std::memory_order_relaxed);
    return chunk;
  }
  if (frontier_ + chunk_size_ > opened_ && !open_extent()) return nullptr;
  char* chunk = base_ + frontier_;
  frontier_ += chunk_size_;
  used_.fetch_add(1, std::memory_order_relaxed);
  return chunk;
}

bool ChunkPool::open_extent() {
  if (opened_ + kHugePage > ceiling_) return false;
  char* extent = base_ + opened_;
  if (mprotect(extent, kHugePage, PROT_READ | PROT_WRITE) != 0) return false;
  // Items lie anywhere: with small pages nearly every access would miss the TLB too. Beyond the
  // limit there are few chunks, and a huge page would be there as a whole for them.
  const bool whole = opened_ + kHugePage <= memory_.limit();
  madvise(extent, kHugePage, whole ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  opened_ += kHugePage;
  return true;
}

void ChunkPool::give_back(char* chunk) {
  // Free chunks with pages are memory beyond the budget, so there are few of them.
  const std::size_t keep = std::max<std::size_t>(4, memory_.limit() / chunk_size_ / 256);
  {
    const std::lock_guard lock(mutex_);
    if (warm_.size() < keep) {
      warm_.push_back(chunk);
      chunk = nullptr;
    }
  }
  if (chunk != nullptr) {
    madvise(chunk, chunk_size_, MADV_DONTNEED);
    const std::lock_guard lock(mutex_);
    cold_.push_back(chunk);
  }
  used_.fetch_sub(1, std::memory_order_relaxed);
  memory_.release(chunk_size_);
}

char* ChunkPool::take_page_anyway() {
  const std::lock_guard lock(pages_mutex_);
  if (cut_.empty()) {
    char* chunk = take_anyway();
    if (chunk == nullptr) return nullptr;
    cut_.emplace(chunk, kAllFree);
  }
  const auto lowest = cut_.begin();
  const auto page = static_cast<std::size_t>(std::countr_zero(lowest->second));
  char* memory = lowest->first + page * page_size();
  lowest->second = static_cast<std::uint8_t>(lowest->second & (lowest->second - 1));
  if (lowest->second == 0) cut_.erase(lowest);
  return memory;
}

void ChunkPool::give_back_page(char* page) {
  const std::lock_guard lock(pages_mutex_);
  const auto offset = static_cast<std::size_t>(page - base_) & (chunk_size_ - 1);
  const auto chunk = cut_.try_emplace(page - offset, std::uint8_t{0}).first;
  chunk->second = static_cast<std::uint8_t>(chunk->second | 1u << (offset / page_size()));
  if (chunk->second != kAllFree) return;
  give_back(chunk->first);
  cut_.erase(chunk);
}

}  // namespace arcus::daemon
