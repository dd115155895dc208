#include "daemon/store/store.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "daemon/store/hash.h"

namespace arcus::daemon {
namespace {

// A value as incr and decr see it: blanks, digits, blanks.
std::optional<std::uint64_t> numeric_value(std::string_view value) {
  const auto first = value.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  value = value.substr(first, value.find_last_not_of(' ') - first + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

// Writes a number as a value of `size` bytes, blanks after it where it is shorter, and the CR LF.
void write_number(char* to, std::string_view digits, std::size_t size) {
  std::memcpy(to, digits.data(), digits.size());
  std::memset(to + digits.size(), ' ', size - digits.size());
  std::memcpy(to + size, "\r\n", 2);
}

}  // namespace

Store::Store(const StoreOptions& options)
    : options_(options),
      memory_(options.memory_limit),
      shards_(std::make_unique<Shard[]>(options.shards)) {
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    shards_[i].init(memory_, i, options_.shards);
  }
}

std::uint32_t Store::hash(std::string_view key) const {
  return hash_key(key, options_.hash_seed);
}

ItemRef Store::take_reference(Item* item) {
  item->references.fetch_add(1, std::memory_order_relaxed);
  return ItemRef(memory_, item);
}

ItemRef Store::find(std::string_view key, Seconds now) {
  apply_due_flush(now);
  const std::uint32_t h = hash(key);
  Shard& owner = shard(h);
  const std::lock_guard lock(owner.mutex);
  Item* item = owner.find(h, key, now);
  if (item == nullptr) return {};
  item->referenced = true;
  return take_reference(item);
}

std::pair<StoreResult, ItemRef> Store::find_and_touch(std::string_view key, Seconds expires,
                                                      Seconds now) {
  apply_due_flush(now);
  const std::uint32_t h = hash(key);
  Shard& owner = shard(h);
  const std::lock_guard lock(owner.mutex);
  Item* item = owner.find(h, key, now);
  if (item == nullptr) return {StoreResult::kNotFound, ItemRef()};
  if (expires == kSticky && !item->sticky && !sticky_fits(item)) {
    return {StoreResult::kNoMemory, ItemRef()};
  }
  item->referenced = true;
  ItemRef reference = take_reference(item);
  owner.set_expiry(item, expires);
  return {StoreResult::kStored, std::move(reference)};
}

StoreResult Store::touch(std::string_view key, Seconds expires, Seconds now) {
  return find_and_touch(key, expires, now).first;
}

std::pair<StoreResult, ItemRef> Store::allocate(const ItemSpec& spec, Seconds now) {
  apply_due_flush(now);
  return allocate_hashed(spec, hash(spec.key), now);
}

std::pair<StoreResult, ItemRef> Store::allocate_hashed(const ItemSpec& spec, std::uint32_t hash,
                                                       Seconds now) {
  if (spec.value_size + 2 > options_.value_limit) return {StoreResult::kTooLarge, ItemRef()};
  ItemRef item(memory_, create_item(memory_, spec.key, spec.value_size + 2));
  if (item) {
    item->hash = hash;
    item->flags = spec.flags;
    item->expires = spec.expires;
    const bool fits = spec.expires != kSticky || sticky_fits(item.get());
    if (fits && make_room(hash, now)) return {StoreResult::kStored, std::move(item)};
  }
  out_of_memory_.fetch_add(1, std::memory_order_relaxed);
  return {StoreResult::kNoMemory, ItemRef()};
}

bool Store::sticky_fits(const Item* item) const {
  return memory_.sticky() + item_bytes(item) <= options_.sticky_limit;
}

// The budget is everybody's; whoever is over it makes room in the shard of its own key first, and
// goes on to the others only when there is nothing left in it (few large items).
bool Store::make_room(std::uint32_t hash, Seconds now) {
  if (!memory_.over()) return true;
  if (!options_.evict) return false;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    Shard& from = shard(hash + i);
    const std::lock_guard lock(from.mutex);
    // Others free and take at the same moment, so what is wanted is asked again each time.
    const std::size_t used = memory_.used();
    const std::size_t limit = memory_.limit();
    if (used <= limit) return true;
    from.evict(used - limit, now);
  }
  return !memory_.over();
}

StoreResult Store::store(StoreMode mode, ItemRef item, std::uint64_t cas, Seconds now) {
  apply_due_flush(now);
  if (mode == StoreMode::kAppend || mode == StoreMode::kPrepend) {
    return join_values(mode, item, now);
  }
  Shard& owner = shard(item->hash);
  const std::lock_guard lock(owner.mutex);
  Item* old = owner.find(item->hash, item->key(), now);
  switch (mode) {
    case StoreMode::kAdd:
      if (old == nullptr) break;
      old->referenced = true;
      return StoreResult::kNotStored;
    case StoreMode::kReplace:
      if (old == nullptr) return StoreResult::kNotStored;
      break;
    case StoreMode::kCas:
      if (old == nullptr) return StoreResult::kNotFound;
      if (old->cas != cas) return StoreResult::kExists;
      break;
    default:
      break;
  }
  if (old != nullptr) owner.remove(old);
  owner.insert(item.release());
  return StoreResult::kStored;
}

// append and prepend: the joined value is made outside the lock, and put in place only when the old
// one is still the same; otherwise the work starts again.
StoreResult Store::join_values(StoreMode mode, const ItemRef& part, Seconds now) {
  Shard& owner = shard(part->hash);
  while (true) {
    ItemRef old;
    ItemSpec spec{.key = part->key()};
    std::uint64_t old_cas = 0;
    {
      const std::lock_guard lock(owner.mutex);
      Item* item = owner.find(part->hash, part->key(), now);
      if (item == nullptr) return StoreResult::kNotStored;
      old = take_reference(item);
      old_cas = item->cas;
      spec.flags = item->flags;
      spec.expires = item->expires;
      spec.value_size = item->value_size + part->value_size - 4;
    }
    auto [result, joined] = allocate_hashed(spec, part->hash, now);
    if (result != StoreResult::kStored) return result;
    const bool append = mode == StoreMode::kAppend;
    const std::string_view first = append ? old->value() : part->value();
    const std::string_view second = append ? part->line() : old->line();
    std::memcpy(joined->value_data(), first.data(), first.size());
    std::memcpy(joined->value_data() + first.size(), second.data(), second.size());

    const std::lock_guard lock(owner.mutex);
    Item* item = owner.find(part->hash, part->key(), now);
    if (item == nullptr) return StoreResult::kNotStored;
    if (item != old.get() || item->cas != old_cas) continue;
    joined->expires = item->expires;  // a touch may have come between
    owner.remove(item);
    owner.insert(joined.release());
    return StoreResult::kStored;
  }
}

bool Store::remove(std::string_view key, Seconds now) {
  apply_due_flush(now);
  const std::uint32_t h = hash(key);
  Shard& owner = shard(h);
  const std::lock_guard lock(owner.mutex);
  Item* item = owner.find(h, key, now);
  if (item == nullptr) return false;
  owner.remove(item);
  return true;
}

std::pair<StoreResult, std::uint64_t> Store::add(std::string_view key, std::uint64_t delta,
                                                 bool subtract, Seconds now) {
  apply_due_flush(now);
  const std::uint32_t h = hash(key);
  Shard& owner = shard(h);
  ItemRef spare;  // a larger item, allocated without the lock when the value does not fit in place
  while (true) {
    ItemSpec spec{.key = key};
    {
      const std::lock_guard lock(owner.mutex);
      Item* item = owner.find(h, key, now);
      if (item == nullptr) return {StoreResult::kNotFound, 0};
      const auto old = numeric_value(item->value());
      if (!old) return {StoreResult::kNotNumeric, 0};
      const std::uint64_t value = !subtract ? *old + delta : *old > delta ? *old - delta : 0;
      std::array<char, 20> text;
      const char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
      const std::string_view digits(text.data(), end - text.data());
      const std::size_t size = std::max<std::size_t>(digits.size(), item->value_size - 2);

      item->referenced = true;
      const bool alone = item->references.load(std::memory_order_acquire) == 1;
      if (alone && size + 2 == item->value_size) {
        write_number(item->value_data(), digits, size);
        owner.renew_cas(item);
        return {StoreResult::kStored, value};
      }
      if (spare && spare->value_size == size + 2) {
        write_number(spare->value_data(), digits, size);
        spare->flags = item->flags;
        spare->expires = item->expires;
        owner.remove(item);
        owner.insert(spare.release());
        return {StoreResult::kStored, value};
      }
      spec.flags = item->flags;
      spec.expires = item->expires;
      spec.value_size = size;
    }
    auto [result, item] = allocate_hashed(spec, h, now);
    if (result != StoreResult::kStored) return {result, 0};
    spare = std::move(item);
  }
}

void Store::flush(Seconds at, Seconds now) {
  if (at > now) {
    flush_at_ = at;
    return;
  }
  flush_at_ = 0;
  flush_shards();
}

void Store::apply_due_flush(Seconds now) {
  Seconds at = flush_at_.load(std::memory_order_relaxed);
  if (at == 0 || now < at) return;
  if (flush_at_.compare_exchange_strong(at, 0)) flush_shards();
}

void Store::flush_shards() {
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].flush();
  }
  hurry_ = options_.shards;
}

void Store::drop_everything() {
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].clear();
  }
}

void Store::sweep(Seconds now) {
  apply_due_flush(now);
  constexpr std::size_t kBucketsAtOnce = 512;
  constexpr std::uint32_t kHurriedShards = 16;
  const std::uint32_t rounds = hurry_ > 0 ? std::min(kHurriedShards, hurry_.load()) : 1;
  for (std::uint32_t i = 0; i < rounds; ++i) {
    Shard& next = shards_[sweep_shard_.fetch_add(1) % options_.shards];
    bool done = false;
    while (!done) {
      const std::lock_guard lock(next.mutex);
      done = next.sweep(kBucketsAtOnce, now);
    }
  }
  if (hurry_ > 0) hurry_ -= rounds;
}

StoreStats Store::stats() {
  StoreStats sum;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    const ShardStats& part = shards_[i].stats();
    sum.shards.items += part.items;
    sum.shards.total_items += part.total_items;
    sum.shards.item_bytes += part.item_bytes;
    sum.shards.sticky_items += part.sticky_items;
    sum.shards.sticky_bytes += part.sticky_bytes;
    sum.shards.evictions += part.evictions;
    sum.shards.reclaimed += part.reclaimed;
    sum.shards.index_bytes += part.index_bytes;
  }
  sum.memory_used = memory_.used();
  sum.memory_limit = memory_.limit();
  sum.sticky_limit = options_.sticky_limit;
  sum.out_of_memory = out_of_memory_;
  return sum;
}

void Store::reset_stats() {
  out_of_memory_ = 0;
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].reset_stats();
  }
}

}  // namespace arcus::daemon
