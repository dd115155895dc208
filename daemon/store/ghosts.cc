#include "daemon/store/ghosts.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace arcus::daemon {

void Ghosts::init(ChunkPool& pool) {
  pool_ = &pool;
  page_shift_ = static_cast<unsigned>(std::countr_zero(pool.page_size() / sizeof(Set)));
}

void Ghosts::resize(std::size_t wanted, std::size_t most_bytes) {
  const std::size_t in_a_page = (std::size_t{1} << page_shift_) * Set().prints.size();
  const std::size_t pages = std::min(wanted / in_a_page + 1, most_bytes / pool_->page_size());
  // A change of size forgets all, so it has to be worth it.
  if (pages <= pages_.size() + pages_.size() / 4 &&
      pages + 1 + pages_.size() / 2 >= pages_.size()) {
    return;
  }
  clear();
  while (pages_.size() < pages) {
    char* page = pool_->take_page_anyway();
    if (page == nullptr) return;
    std::memset(page, 0, pool_->page_size());
    pages_.push_back(reinterpret_cast<Set*>(page));
  }
}

void Ghosts::clear() {
  for (Set* page : pages_) pool_->give_back_page(reinterpret_cast<char*>(page));
  pages_.clear();
}

Ghosts::Set& Ghosts::set_of(std::uint64_t hash) {
  const std::uint64_t sets = pages_.size() << page_shift_;
  // The bits above those of the shard, spread over the sets by a product.
  const std::uint64_t set = ((hash >> 8 & 0xffffffff) * sets) >> 32;
  return pages_[set >> page_shift_][set & ((std::uint64_t{1} << page_shift_) - 1)];
}

void Ghosts::add(std::uint64_t hash, Queue from) {
  if (pages_.empty()) return;
  Set& set = set_of(hash);
  const unsigned mark = from == Queue::kMain ? kFromMain : 0;
  set.prints[set.next] = static_cast<std::uint16_t>(print_of(hash) | mark);
  set.next = static_cast<std::uint16_t>((set.next + 1) % set.prints.size());
}

Ghosts::Past Ghosts::take(std::uint64_t hash) {
  if (pages_.empty()) return {};
  Set& set = set_of(hash);
  const std::size_t size = set.prints.size();
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint16_t print = set.prints[i];
    if ((print & ~kFromMain) != print_of(hash)) continue;
    set.prints[i] = 0;
    const std::size_t age = (set.next + size - 1 - i) % size;
    return {true, age < kRecent, (print & kFromMain) != 0 ? Queue::kMain : Queue::kSmall};
  }
  return {};
}

}  // namespace arcus::daemon
