// SpillBuckets: the buckets of an index that stand behind its others, in pages of the pool, found
// by number. Those in the lowest pages are handed out first, so that pages fall empty and can go
// when fewer are wanted. The index owns it; at() and prefetch() need no lock, all else the shard's.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/memory/chunk_pool.h"
#include "daemon/store/sparse_table.h"

namespace arcus::daemon {

// A Bucket has a `spill` number, which is used here while it is free.
template <typename Bucket>
class SpillBuckets {
 public:
  void init(ChunkPool& pool, std::size_t most_pages) {
    pool_ = &pool;
    shift_ = static_cast<unsigned>(std::countr_zero(pool.page_size() / sizeof(Bucket)));
    pages_.init(most_pages);
  }
  ~SpillBuckets() { clear(); }

  // Any number that take() ever returned, but the bucket may be another's by now.
  Bucket* at(std::uint32_t number) const {
    auto& page = const_cast<Bucket*&>(pages_[(number - 1) >> shift_]);
    return std::atomic_ref<Bucket*>(page).load(std::memory_order_relaxed) +
           ((number - 1) & (in_page() - 1));
  }
  // Any thread, no lock, any number: fetches the bucket if there is one.
  void prefetch(std::uint32_t number) const {
    const std::size_t page = (number - 1) >> shift_;
    if (page < pages_.size()) __builtin_prefetch(at(number));
  }
  // The next `buckets` calls of take() will succeed.
  bool make_room(std::size_t buckets);
  // The number of one with anything in it; 0: the machine has no memory.
  std::uint32_t take();
  void give_back(std::uint32_t number);
  void clear();

  std::size_t pages() const { return pages_in_use_; }

 private:
  struct Page {
    std::uint32_t free = 0;  // the first one, a list through Bucket::spill
    std::uint32_t used = 0;
    bool there = false;
  };

  std::uint32_t in_page() const { return std::uint32_t{1} << shift_; }
  bool open_page();
  void close_page(std::size_t page);

  ChunkPool* pool_ = nullptr;
  unsigned shift_ = 0;          // of buckets in a page
  SparseTable<Bucket*> pages_;  // pointers stay when the page goes: somebody may be on his way
  std::vector<Page> states_;
  std::size_t first_ = 0;  // no page before this one has any free
  std::size_t free_ = 0;
  std::size_t pages_in_use_ = 0;
};

template <typename Bucket>
bool SpillBuckets<Bucket>::make_room(std::size_t buckets) {
  while (free_ < buckets) {
    if (!open_page()) return false;
  }
  return true;
}

template <typename Bucket>
std::uint32_t SpillBuckets<Bucket>::take() {
  if (!make_room(1)) return 0;
  while (!states_[first_].there || states_[first_].free == 0) ++first_;
  Page& page = states_[first_];
  const std::uint32_t number = page.free;
  page.free = at(number)->spill;
  ++page.used;
  --free_;
  return number;
}

template <typename Bucket>
void SpillBuckets<Bucket>::give_back(std::uint32_t number) {
  const std::size_t at_page = (number - 1) >> shift_;
  Page& page = states_[at_page];
  at(number)->spill = page.free;
  page.free = number;
  --page.used;
  ++free_;
  first_ = std::min(first_, at_page);
  // Half a page is kept in hand, so that one taken and given back in turn opens no page each time.
  if (page.used == 0 && free_ >= in_page() + in_page() / 2) close_page(at_page);
}

template <typename Bucket>
bool SpillBuckets<Bucket>::open_page() {
  std::size_t number = 0;
  while (number < states_.size() && states_[number].there) ++number;
  if (number == pages_.size()) return false;
  char* memory = pool_->take_page_anyway();
  if (memory == nullptr) return false;
  if (number == states_.size()) states_.emplace_back();
  std::atomic_ref<Bucket*>(pages_[number])
      .store(reinterpret_cast<Bucket*>(memory), std::memory_order_relaxed);
  Page& page = states_[number];
  page = {0, 0, true};
  for (std::uint32_t i = in_page(); i > 0; --i) {
    const std::uint32_t bucket = static_cast<std::uint32_t>(number << shift_) + i;
    at(bucket)->spill = page.free;
    page.free = bucket;
  }
  free_ += in_page();
  first_ = std::min(first_, number);
  ++pages_in_use_;
  return true;
}

template <typename Bucket>
void SpillBuckets<Bucket>::close_page(std::size_t page) {
  pool_->give_back_page(reinterpret_cast<char*>(pages_[page]));
  states_[page] = {};
  free_ -= in_page();
  --pages_in_use_;
}

template <typename Bucket>
void SpillBuckets<Bucket>::clear() {
  for (std::size_t page = 0; page < states_.size(); ++page) {
    if (!states_[page].there) continue;
    free_ += states_[page].used;
    close_page(page);
  }
  states_.clear();
  first_ = 0;
}

}  // namespace arcus::daemon
