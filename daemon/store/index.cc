#include "daemon/store/index.h"

#include <algorithm>

namespace arcus::daemon {

void Index::init(ChunkPool& pool, unsigned ignored_bits) {
  pool_ = &pool;
  ignored_bits_ = ignored_bits;
  const std::size_t in_a_page = pool.page_size() / sizeof(Bucket);
  page_shift_ = static_cast<unsigned>(std::countr_zero(in_a_page));
  page_mask_ = in_a_page - 1;
  // Enough for as many entries as there can be locations, several times over.
  const std::size_t most_pages = (std::size_t{1} << 32) / pool.page_size();
  pages_.init(most_pages);
  spills_.init(pool, most_pages);
  while (buckets() < kFirstBuckets) {
    if (!open_bucket()) throw std::bad_alloc();
  }
}

Index::~Index() {
  clear_pages(0);
}

std::size_t Index::bytes() const {
  return pool_ == nullptr ? 0 : (pages_used_ + spills_.pages()) * pool_->page_size();
}

void Index::reset(Bucket& bucket) {
  for (auto& tag : bucket.tags) store(tag, std::uint8_t{0});
  store(bucket.spill, std::uint32_t{0});
}

bool Index::open_bucket() {
  const std::size_t number = buckets();
  const std::size_t page = number >> page_shift_;
  if (page == pages_used_) {
    if (page == pages_.size()) return false;
    auto* fresh = reinterpret_cast<Bucket*>(pool_->take_page_anyway());
    if (fresh == nullptr) return false;
    store(pages_[page], fresh);
    ++pages_used_;
  }
  reset(*bucket(number));
  // Whoever peeks sees the new bucket's page at the latest when he sees the new number.
  extent_.store(Extent(number + 1), std::memory_order_release);
  return true;
}

void Index::close_bucket() {
  const std::size_t number = buckets() - 1;
  extent_.store(Extent(number), std::memory_order_relaxed);
  // One page is kept in hand, so that a bucket opened and closed in turn takes no page each time.
  const std::size_t needed = (number >> page_shift_) + 2;
  if (pages_used_ > needed) clear_pages(needed);
}

// The table keeps the pointer: a reader without the lock may still be on its way there, and chunks
// can always be read.
void Index::clear_pages(std::size_t keep) {
  while (pages_used_ > keep) {
    pool_->give_back_page(reinterpret_cast<char*>(load(pages_[--pages_used_])));
  }
}

void Index::clear() {
  extent_.store(Extent(kFirstBuckets), std::memory_order_relaxed);
  clear_pages(1);
  spills_.clear();
  items_ = 0;
  for (std::size_t i = 0; i < kFirstBuckets; ++i) reset(*bucket(i));
}

void Index::write(Bucket& bucket, unsigned at, const Entry& entry) {
  store(bucket.places[at], entry.place);
  store(bucket.tags[at], entry.tag);
}

void Index::Bucket::set_owner(unsigned at, unsigned owner) {
  Location& owners = places[kSpillEntries];
  owners = (owners & ~(3u << 2 * at)) | owner << 2 * at;
}

bool Index::put(std::size_t number, const Entry& entry) {
  Bucket* home = bucket(number);
  if (const unsigned free = matches(*home, 0); free != 0) {
    write(*home, static_cast<unsigned>(std::countr_zero(free)), entry);
    return true;
  }
  return put_in_chain(number, entry);
}

// The first bucket of the chain that this bucket and its neighbours have, or 0.
std::uint32_t Index::chain_of(std::size_t number) const {
  const std::size_t first = number - neighbour(number);
  const std::size_t end = std::min(first + kNeighbours, buckets());
  for (std::size_t i = first; i < end; ++i) {
    if (bucket(i)->spill != 0) return bucket(i)->spill;
  }
  return 0;
}

bool Index::put_in_chain(std::size_t number, const Entry& entry) {
  std::uint32_t first = chain_of(number);
  Bucket* last = nullptr;
  for (std::uint32_t next = first; next != 0; next = last->spill) last = spill(next);
  unsigned free = last != nullptr ? matches(*last, 0) & kSpillMask : 0;
  if (free == 0) {
    const std::uint32_t fresh = spills_.take();
    if (fresh == 0) return false;
    if (last != nullptr) {
      last->spill = fresh;
    } else {
      first = fresh;
    }
    last = spill(fresh);
    reset(*last);
    last->places[kSpillEntries] = 0;
    free = kSpillMask;
  }
  const auto at = static_cast<unsigned>(std::countr_zero(free));
  write(*last, at, entry);
  last->set_owner(at, neighbour(number));
  store(bucket(number)->spill, first);
  return true;
}

// An entry that the bucket has in its chain; none: it has none there.
Index::Slot Index::any_in_chain(std::size_t number) const {
  for (std::uint32_t next = bucket(number)->spill; next != 0;) {
    Bucket* at = spill(next);
    const unsigned own = at->owned_by(neighbour(number)) & ~matches(*at, 0);
    if (own != 0) return {at, static_cast<unsigned>(std::countr_zero(own))};
    next = at->spill;
  }
  return {};
}

// The chain's last entry comes where one of that bucket's is taken away, so that chains are no
// longer than they must be.
void Index::take_from_chain(std::size_t number, const Slot& hole) {
  Bucket* before = nullptr;
  std::uint32_t last_number = bucket(number)->spill;
  while (spill(last_number)->spill != 0) {
    before = spill(last_number);
    last_number = before->spill;
  }
  Bucket* last = spill(last_number);
  const unsigned held = ~matches(*last, 0) & kSpillMask;
  const auto at = static_cast<unsigned>(std::bit_width(held)) - 1;
  write(*hole.bucket, hole.at, {last->tags[at], last->places[at]});
  hole.bucket->set_owner(hole.at, last->owner(at));
  store(last->tags[at], std::uint8_t{0});
  if (at == 0) {
    if (before != nullptr) {
      before->spill = 0;
    } else {
      store(bucket(number)->spill, std::uint32_t{0});
    }
    spills_.give_back(last_number);
  }
  if (bucket(number)->spill != 0 && !any_in_chain(number)) {
    store(bucket(number)->spill, std::uint32_t{0});
  }
}

void Index::erase(std::uint64_t hash, const Slot& slot) {
  const std::size_t number = home_number(hash);
  Bucket* home = bucket(number);
  Slot hole = slot;
  if (hole.bucket == home) {
    store(home->tags[hole.at], std::uint8_t{0});
    hole = any_in_chain(number);
    if (hole) write(*home, slot.at, {hole.bucket->tags[hole.at], hole.bucket->places[hole.at]});
  }
  if (hole) take_from_chain(number, hole);
  --items_;
  const std::size_t now = buckets();
  if (now > kFirstBuckets && items_ * 2 < now * kLeastHalves) join();
}

// Leaves the bucket empty; what was in it is in moving_.
void Index::take_all(std::size_t number) {
  moving_.clear();
  while (const Slot slot = any_in_chain(number)) {
    moving_.push_back({slot.bucket->tags[slot.at], slot.bucket->places[slot.at]});
    take_from_chain(number, slot);
  }
  Bucket* home = bucket(number);
  for (unsigned held = ~matches(*home, 0) & kHomeMask; held != 0; held &= held - 1) {
    const auto at = static_cast<unsigned>(std::countr_zero(held));
    moving_.push_back({home->tags[at], home->places[at]});
    store(home->tags[at], std::uint8_t{0});
  }
}

// The last bucket goes, and what it has to the one that it was split from.
void Index::join() {
  const std::size_t last = buckets() - 1;
  take_all(last);
  const bool room = spills_.make_room(moving_.size() / kSpillEntries + 1);
  const std::size_t to = room ? last & (Extent(last + 1).mask >> 1) : last;
  for (const Entry& entry : moving_) put(to, entry);
  if (room) close_bucket();
}

}  // namespace arcus::daemon
