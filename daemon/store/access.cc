#include "daemon/store/access.h"

#include <utility>

namespace arcus::daemon {

Access::Access(Shard& shard, const Key& key, Seconds now, bool has_room)
    : shard_(&shard), key_(key), now_(now), place_(shard.find(key, now)), has_room_(has_room) {
  show();
}

Access::Access(Access&& other) noexcept
    : shard_(std::exchange(other.shard_, nullptr)),
      key_(other.key_),
      now_(other.now_),
      place_(other.place_),
      found_(other.found_),
      changed_(other.changed_),
      has_room_(other.has_room_),
      weighed_(other.weighed_),
      item_(other.item_) {}

Access::~Access() {
  unlock();
}

void Access::unlock() {
  if (shard_ == nullptr) return;
  settle();
  if (changed_) shard_->work_off(now_);
  std::exchange(shard_, nullptr)->lock.unlock();
}

void Access::show() {
  found_ = static_cast<bool>(place_);
  if (!found_) return;
  item_ = shard_->view(place_);
  if (item_.collection != nullptr) weighed_ = item_.collection->footprint();
}

// Tells the shard how large the collection has become.
void Access::settle() {
  if (!found_ || item_.collection == nullptr || item_.collection->footprint() == weighed_) return;
  shard_->reweigh(place_, weighed_);
  weighed_ = item_.collection->footprint();
  changed_ = true;
}

void Access::hit() {
  place_.record.hit();
}

std::uint64_t Access::cas() {
  return shard_->cas(place_);
}

StoreResult Access::put(const Content& content) {
  settle();
  const Shard::Place fresh = shard_->put(key_, content, place_, now_);
  if (!fresh) return StoreResult::kNoMemory;
  place_ = fresh;
  changed_ = true;
  show();
  return StoreResult::kStored;
}

StoreResult Access::create(const CollectionOptions& options, std::uint32_t flags,
                           Seconds expires) {
  if (!has_room_) return StoreResult::kNoMemory;
  Content content;
  content.collection = Collection::create(shard_->blocks(), options);
  if (content.collection == nullptr) return StoreResult::kNoMemory;
  content.flags = flags;
  content.expires = expires;
  const StoreResult result = put(content);
  shard_->disown(content.collection);
  return result;
}

StoreResult Access::rewrite(Content content) {
  settle();
  content.cas = place_.record.cas_told() || place_.record.has(Record::kCas) ? cas() : 0;
  if (item_.large != nullptr) {
    content.large = item_.large;
  } else if (item_.collection != nullptr) {
    content.collection = item_.collection;
  } else {
    content.value = item_.value;
  }
  const Shard::Place fresh = shard_->rewrite(key_, content, place_, now_);
  if (!fresh) return StoreResult::kNoMemory;
  place_ = fresh;
  changed_ = true;
  show();
  return StoreResult::kStored;
}

StoreResult Access::set_expiry(Seconds expires) {
  if (shard_->set_expiry_in_place(place_, expires)) {
    item_.expires = expires;
    return StoreResult::kStored;
  }
  Content content;
  content.flags = item_.flags;
  content.expires = expires;
  content.stale = item_.stale;
  content.won = item_.won;
  return rewrite(content);
}

StoreResult Access::set_marks(bool stale, bool won) {
  if (stale == item_.stale && won == item_.won) return StoreResult::kStored;
  Content content;
  content.flags = item_.flags;
  content.expires = item_.expires;
  content.stale = stale;
  content.won = won;
  return rewrite(content);
}

void Access::remove() {
  settle();
  shard_->remove(key_, place_);
  place_ = {};
  found_ = false;
}

}  // namespace arcus::daemon
