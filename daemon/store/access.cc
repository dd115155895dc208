#include "daemon/store/access.h"

#include <utility>

namespace arcus::daemon {

Access::Access(Access&& other) noexcept
    : shard_(std::exchange(other.shard_, nullptr)),
      key_(other.key_),
      now_(other.now_),
      place_(other.place_),
      changed_(other.changed_),
      has_room_(other.has_room_),
      weighed_(other.weighed_),
      item_(other.item_) {}

// Before the lock goes.
void Access::finish() {
  settle();
  if (changed_) shard_->work_off(now_);
}

const ItemView& Access::show() const {
  ItemView& item = item_.emplace();
  if (place_) shard_->view(place_, item);
  return item;
}

// Tells the shard how large the collection has become.
void Access::settle() {
  if (collection() == nullptr || collection()->footprint() == weighed_) return;
  shard_->reweigh(place_, weighed_);
  weighed_ = collection()->footprint();
  changed_ = true;
}

std::uint64_t Access::cas() {
  return shard_->cas(place_);
}

StoreResult Access::put(const Content& content) {
  settle();
  if (shard_->overwrite(place_, content)) {
    item_.reset();
    return StoreResult::kStored;
  }
  const Shard::Place fresh = shard_->put(key_, content, place_, now_);
  if (!fresh) return StoreResult::kNoMemory;
  replace(fresh);
  return StoreResult::kStored;
}

void Access::replace(const Shard::Place& fresh) {
  place_ = fresh;
  changed_ = true;
  item_.reset();
  weigh();
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
  const Record& record = place_.record;
  content.large = record.large_value();
  content.collection = record.collection();
  if (!record.apart()) content.value = record.bytes();
  const Shard::Place fresh = shard_->rewrite(key_, content, place_, now_);
  if (!fresh) return StoreResult::kNoMemory;
  replace(fresh);
  return StoreResult::kStored;
}

StoreResult Access::set_expiry(Seconds expires) {
  if (shard_->set_expiry_in_place(place_, expires)) {
    item_.reset();
    return StoreResult::kStored;
  }
  const ItemView& item = **this;
  Content content;
  content.flags = item.flags;
  content.expires = expires;
  content.stale = item.stale;
  content.won = item.won;
  return rewrite(content);
}

StoreResult Access::set_marks(bool stale, bool won) {
  const ItemView& item = **this;
  if (stale == item.stale && won == item.won) return StoreResult::kStored;
  Content content;
  content.flags = item.flags;
  content.expires = item.expires;
  content.stale = stale;
  content.won = won;
  return rewrite(content);
}

void Access::remove() {
  settle();
  shard_->remove(key_, place_);
  place_ = {};
  item_.reset();
}

}  // namespace arcus::daemon
