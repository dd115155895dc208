#include "daemon/store/shard.h"

#include <bit>
#include <cstdlib>

namespace arcus::daemon {

void Shard::init(Memory& memory, std::uint32_t number, std::uint32_t shards) {
  memory_ = &memory;
  hash_shift_ = static_cast<std::uint32_t>(std::countr_zero(shards));
  // CAS ids of different shards never meet, so an id is unique in the whole store.
  cas_step_ = shards;
  last_cas_ = number;
  flushed_cas_ = number;
  open_table(table_, kFirstBuckets);
}

Shard::~Shard() {
  clear();
  close_table(table_);
}

bool Shard::open_table(Table& table, std::size_t size) {
  table.buckets = static_cast<Item**>(std::calloc(size, sizeof(Item*)));
  if (table.buckets == nullptr) return false;
  table.size = size;
  memory_->reserve(size * sizeof(Item*));
  stats_.index_bytes += size * sizeof(Item*);
  return true;
}

void Shard::close_table(Table& table) {
  if (table.buckets == nullptr) return;
  memory_->release(table.size * sizeof(Item*));
  stats_.index_bytes -= table.size * sizeof(Item*);
  std::free(table.buckets);
  table = {};
}

Item** Shard::bucket(std::uint32_t hash) {
  const std::size_t place = hash >> hash_shift_;
  if (old_.buckets != nullptr) {
    const std::size_t old_place = place & (old_.size - 1);
    if (old_place >= moved_) return &old_.buckets[old_place];
  }
  return &table_.buckets[place & (table_.size - 1)];
}

bool Shard::over(const Item* item, Seconds now) const {
  if (item->cas <= flushed_cas_) return true;
  return item->expires != kNever && item->expires != kSticky && item->expires <= now;
}

Item* Shard::find(std::uint32_t hash, std::string_view key, Seconds now) {
  for (Item* item = *bucket(hash); item != nullptr; item = item->chain) {
    if (item->hash != hash || item->key() != key) continue;
    if (!over(item, now)) return item;
    ++stats_.reclaimed;
    remove(item);
    return nullptr;
  }
  return nullptr;
}

void Shard::insert(Item* item) {
  grow_if_full();
  move_some();
  item->cas = next_cas();
  Item** head = bucket(item->hash);
  item->chain = *head;
  *head = item;
  ++stats_.items;
  ++stats_.total_items;
  stats_.item_bytes += item_bytes(item);
  item->sticky = item->expires == kSticky;
  if (item->sticky) {
    count_sticky(item);
  } else {
    link_newest(item);
  }
}

void Shard::remove(Item* item) {
  Item** at = bucket(item->hash);
  while (*at != item) at = &(*at)->chain;
  *at = item->chain;
  --stats_.items;
  stats_.item_bytes -= item_bytes(item);
  if (item->sticky) {
    uncount_sticky(item);
  } else {
    unlink(item);
  }
  drop_item(*memory_, item);
}

void Shard::set_expiry(Item* item, Seconds expires) {
  const bool sticky = expires == kSticky;
  item->expires = expires;
  if (sticky == item->sticky) return;
  item->sticky = sticky;
  if (sticky) {
    unlink(item);
    count_sticky(item);
  } else {
    uncount_sticky(item);
    link_newest(item);
  }
}

// Sticky items are not on the clock's ring: its hand never meets them.
void Shard::count_sticky(const Item* item) {
  ++stats_.sticky_items;
  stats_.sticky_bytes += item_bytes(item);
  memory_->add_sticky(item_bytes(item));
}

void Shard::uncount_sticky(const Item* item) {
  --stats_.sticky_items;
  stats_.sticky_bytes -= item_bytes(item);
  memory_->remove_sticky(item_bytes(item));
}

void Shard::link_newest(Item* item) {
  item->newer = nullptr;
  item->older = newest_;
  if (newest_ != nullptr) newest_->newer = item;
  newest_ = item;
  if (oldest_ == nullptr) oldest_ = item;
}

void Shard::unlink(Item* item) {
  (item->newer != nullptr ? item->newer->older : newest_) = item->older;
  (item->older != nullptr ? item->older->newer : oldest_) = item->newer;
}

std::size_t Shard::evict(std::size_t wanted, Seconds now) {
  std::size_t freed = 0;
  // Twice round: the first may do no more than take away second chances.
  for (std::size_t looks = 2 * stats_.items; looks > 0 && freed < wanted && oldest_; --looks) {
    Item* item = oldest_;
    const bool is_over = over(item, now);
    // One that is being sent would give nothing back yet.
    const bool in_use = item->references.load(std::memory_order_relaxed) > 1;
    if (!is_over && (item->referenced || in_use)) {
      item->referenced = false;
      unlink(item);
      link_newest(item);
      continue;
    }
    if (!in_use) freed += item_bytes(item);
    ++(is_over ? stats_.reclaimed : stats_.evictions);
    remove(item);
  }
  return freed;
}

void Shard::clear() {
  for (Table* table : {&table_, &old_}) {
    for (std::size_t i = 0; i < table->size; ++i) {
      while (table->buckets[i] != nullptr) {
        Item* item = table->buckets[i];
        table->buckets[i] = item->chain;
        drop_item(*memory_, item);
      }
    }
  }
  close_table(old_);
  newest_ = oldest_ = nullptr;
  memory_->remove_sticky(stats_.sticky_bytes);
  stats_.items = stats_.item_bytes = stats_.sticky_items = stats_.sticky_bytes = 0;
}

bool Shard::sweep(std::size_t count, Seconds now) {
  if (old_.buckets != nullptr) move_some();
  for (; count > 0 && sweep_at_ < table_.size; --count, ++sweep_at_) {
    Item* item = table_.buckets[sweep_at_];
    while (item != nullptr) {
      Item* after = item->chain;
      if (over(item, now)) {
        ++stats_.reclaimed;
        remove(item);
      }
      item = after;
    }
  }
  if (sweep_at_ < table_.size) return false;
  sweep_at_ = 0;
  return true;
}

// Growing costs no pause: a second table is opened, and every insertion moves a few buckets.
void Shard::grow_if_full() {
  if (old_.buckets != nullptr || stats_.items < table_.size) return;
  Table larger;
  if (!open_table(larger, table_.size * 2)) return;  // longer chains, but no harm
  old_ = table_;
  table_ = larger;
  moved_ = 0;
}

void Shard::move_some() {
  if (old_.buckets == nullptr) return;
  for (std::size_t i = 0; i < kMoveAtOnce && moved_ < old_.size; ++i) {
    Item* item = old_.buckets[moved_];
    old_.buckets[moved_] = nullptr;
    ++moved_;
    while (item != nullptr) {
      Item* after = item->chain;
      Item** head = bucket(item->hash);
      item->chain = *head;
      *head = item;
      item = after;
    }
  }
  if (moved_ == old_.size) close_table(old_);
}

void Shard::reset_stats() {
  stats_.total_items = 0;
  stats_.evictions = 0;
  stats_.reclaimed = 0;
}

}  // namespace arcus::daemon
