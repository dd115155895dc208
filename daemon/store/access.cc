#include "daemon/store/access.h"

#include <utility>

namespace arcus::daemon {

Access::Access(Shard& shard, const Key& key, Seconds now)
    : shard_(&shard), key_(key), now_(now), place_(shard.find(key, now)) {
  show();
}

Access::Access(Access&& other) noexcept
    : shard_(std::exchange(other.shard_, nullptr)),
      key_(other.key_),
      now_(other.now_),
      place_(other.place_),
      found_(other.found_),
      changed_(other.changed_),
      item_(other.item_) {}

Access::~Access() {
  unlock();
}

void Access::unlock() {
  if (shard_ == nullptr) return;
  if (changed_) shard_->work_off(now_);
  std::exchange(shard_, nullptr)->lock.unlock();
}

void Access::show() {
  found_ = static_cast<bool>(place_);
  if (found_) item_ = shard_->view(place_);
}

void Access::hit() {
  place_.record.hit();
}

std::uint64_t Access::cas() {
  return shard_->cas(place_);
}

StoreResult Access::put(const Content& content) {
  const Shard::Place fresh = shard_->put(key_, content, place_, now_);
  if (!fresh) return StoreResult::kNoMemory;
  place_ = fresh;
  changed_ = true;
  show();
  return StoreResult::kStored;
}

StoreResult Access::rewrite(Content content) {
  content.cas = place_.record.cas_told() || place_.record.has(Record::kCas) ? cas() : 0;
  if (item_.large != nullptr) {
    content.large = item_.large;
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
  shard_->remove(key_, place_);
  place_ = {};
  found_ = false;
}

}  // namespace arcus::daemon
