#include "daemon/store/index.h"

namespace arcus::daemon {

void Index::init(ChunkPool& pool, unsigned ignored_bits) {
  pool_ = &pool;
  ignored_bits_ = ignored_bits;
  const std::size_t in_a_page = pool.chunk_size() / sizeof(Bucket);
  page_shift_ = static_cast<unsigned>(std::countr_zero(in_a_page));
  page_mask_ = in_a_page - 1;
  // Enough for as many entries as there can be locations, several times over.
  pages_.init((std::size_t{1} << 32) / pool.chunk_size());
  while (buckets_ < kFirstBuckets) {
    if (!open_bucket()) throw std::bad_alloc();
  }
}

void Index::reset(Bucket& bucket) {
  for (auto& tag : bucket.tags) store(tag, std::uint8_t{0});
  store(bucket.spill, std::uint32_t{0});
}

bool Index::open_bucket() {
  const std::size_t number = buckets_.load(std::memory_order_relaxed);
  const std::size_t page = number >> page_shift_;
  if (page == pages_used_) {
    if (page == pages_.size()) return false;
    auto* fresh = reinterpret_cast<Bucket*>(pool_->take_anyway());
    if (fresh == nullptr) return false;
    store(pages_[page], fresh);
    ++pages_used_;
  }
  reset(*bucket(number));
  // Whoever peeks sees the new bucket's page at the latest when he sees the new number.
  buckets_.store(number + 1, std::memory_order_release);
  return true;
}

void Index::close_bucket() {
  const std::size_t number = buckets_.load(std::memory_order_relaxed) - 1;
  buckets_.store(number, std::memory_order_relaxed);
  // One page is kept in hand, so that a bucket opened and closed in turn takes no chunk each time.
  const std::size_t needed = (number >> page_shift_) + 2;
  if (pages_used_ > needed) clear_pages(needed);
}

// The table keeps the pointer: a reader without the lock may still be on its way there, and chunks
// can always be read.
void Index::clear_pages(std::size_t keep) {
  while (pages_used_ > keep) {
    pool_->give_back(reinterpret_cast<char*>(load(pages_[--pages_used_])));
  }
  if (keep > 0) return;
  for (Bucket* page : spill_pages_) pool_->give_back(reinterpret_cast<char*>(page));
  spill_pages_.clear();
}

void Index::clear() {
  buckets_.store(kFirstBuckets, std::memory_order_relaxed);
  clear_pages(1);
  for (Bucket* page : spill_pages_) pool_->give_back(reinterpret_cast<char*>(page));
  spill_pages_.clear();
  spill_free_ = 0;
  spill_used_ = 0;
  spill_opened_ = 0;
  items_ = 0;
  for (std::size_t i = 0; i < kFirstBuckets; ++i) reset(*bucket(i));
}

bool Index::put(Bucket* at, std::uint8_t tag, Location location) {
  while (true) {
    if (const unsigned free = matches(*at, 0); free != 0) {
      const int i = std::countr_zero(free);
      store(at->places[i], location);
      store(at->tags[i], tag);
      return true;
    }
    at = at->spill != 0 ? spill(at->spill) : add_spill(at);
    if (at == nullptr) return false;
  }
}

Index::Bucket* Index::add_spill(Bucket* to) {
  std::uint32_t number = spill_free_;
  if (number != 0) {
    spill_free_ = spill(number)->spill;
  } else {
    if (spill_opened_ == spill_pages_.size() << page_shift_) {
      auto* fresh = reinterpret_cast<Bucket*>(pool_->take_anyway());
      if (fresh == nullptr) return nullptr;
      spill_pages_.push_back(fresh);
    }
    number = static_cast<std::uint32_t>(++spill_opened_);
  }
  ++spill_used_;
  reset(*spill(number));
  store(to->spill, number);
  return spill(number);
}

void Index::erase(std::uint64_t hash, const Slot& slot) {
  fill_hole(home(hash), slot);
  --items_;
  const std::size_t buckets = buckets_.load(std::memory_order_relaxed);
  if (buckets > kFirstBuckets && items_ * 2 < buckets * kLeastHalves) join();
}

// Puts the chain's last entry where one was taken away, so that chains are no longer than they must
// be. Whether the bucket with the hole is still part of the chain.
bool Index::fill_hole(Bucket* home, const Slot& hole) {
  Bucket* before = nullptr;
  Bucket* last = home;
  while (last->spill != 0) {
    before = last;
    last = spill(last->spill);
  }
  if (before != nullptr) {
    unsigned at = kEntries - 1;
    while (last->tags[at] == 0) --at;
    store(hole.bucket->tags[hole.at], last->tags[at]);
    store(hole.bucket->places[hole.at], last->places[at]);
    store(last->tags[at], std::uint8_t{0});
    if (matches(*last, 0) != (1u << kEntries) - 1) return true;
    const std::uint32_t number = before->spill;
    store(before->spill, std::uint32_t{0});
    store(last->spill, spill_free_);
    spill_free_ = number;
    --spill_used_;
    return last != hole.bucket;
  }
  store(hole.bucket->tags[hole.at], std::uint8_t{0});
  return true;
}

// The last bucket goes, and what it has to the one that it was split from.
void Index::join() {
  const std::size_t last = buckets_.load(std::memory_order_relaxed) - 1;
  Bucket* from = bucket(last);
  Bucket* to = bucket(last & ((std::bit_ceil(last + 1) - 1) >> 1));
  while (true) {
    const unsigned held = ~matches(*from, 0) & ((1u << kEntries) - 1);
    if (held == 0 && from->spill == 0) break;
    // The first entry; the chain's last takes its place until there is none.
    const auto i = static_cast<unsigned>(std::countr_zero(held));
    if (!put(to, from->tags[i], from->places[i])) return;
    fill_hole(from, {from, i});
  }
  close_bucket();
}

}  // namespace arcus::daemon
