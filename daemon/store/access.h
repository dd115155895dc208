// Access: one key of the store, while its shard is locked for whoever holds this. Made by the
// store; lives on the stack of one command and ends before the command waits for anything.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "daemon/store/large_value.h"
#include "daemon/store/shard.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

class Access {
 public:
  // The shard is locked, and unlocked at the end.
  Access(Shard& shard, const Key& key, Seconds now, bool has_room = false)
      : shard_(&shard), key_(key), now_(now), place_(shard.find(key, now)), has_room_(has_room) {
    weigh();
  }
  Access(Access&& other) noexcept;
  Access& operator=(Access&&) = delete;
  ~Access() { unlock(); }

  // The item, if there is one that is not over.
  explicit operator bool() const { return static_cast<bool>(place_); }
  const ItemView& operator*() const { return item_ ? *item_ : show(); }
  const ItemView* operator->() const { return &**this; }
  // The same as item.collection, for those who want to know nothing else.
  Collection* collection() const { return place_.record.collection(); }

  // The item was asked for: eviction takes note, and it counts as fetched, also to who looks at it
  // only then.
  void hit() { place_.record.hit(); }
  // Its CAS id: no other value of this or any other key has or had it. From now on a change of the
  // value gives it another one.
  std::uint64_t cas();
  // Keeps a large value (item.large is not null) in place after the access has ended.
  LargeRef hold() const { return LargeRef::share(place_.record.large_value()); }

  // Makes or replaces the item, which then is what this shows. kStored or kNoMemory; in the second
  // case nothing has changed.
  StoreResult put(const Content& content);
  // kStored or kNoMemory (too many sticky items, or no room). The CAS id stays.
  StoreResult set_expiry(Seconds expires);
  StoreResult set_marks(bool stale, bool won);
  void remove();

  // Of an item that is a collection (item.collection is not null), its elements may be changed, with
  // memory from blocks(); from an access_to_grow() there is what was asked for where has_room() says
  // so. A sticky one may not grow when sticky_is_full().
  Blocks& blocks() {
    ++collection()->version;
    return shard_->blocks();
  }
  bool has_room() const { return has_room_; }
  bool sticky_is_full() const { return place_.record.sticky() && shard_->sticky_is_full(); }
  // Makes a collection without elements where there is no item. kStored or kNoMemory.
  StoreResult create(const CollectionOptions& options, std::uint32_t flags, Seconds expires);

  // Lets go early; the access is then of no more use.
  void unlock() {
    if (shard_ == nullptr) return;
    if (changed_ || collection() != nullptr) finish();
    std::exchange(shard_, nullptr)->lock.unlock();
  }

 private:
  const ItemView& show() const;
  void weigh() {
    if (collection() != nullptr) [[unlikely]] weighed_ = collection()->footprint();
  }
  void settle();
  void finish();
  void replace(const Shard::Place& fresh);
  StoreResult rewrite(Content content);

  Shard* shard_;
  const Key key_;
  const Seconds now_;
  Shard::Place place_;
  bool changed_ = false;  // something was put: eviction may have work to do
  bool has_room_ = false;
  std::size_t weighed_ = 0;  // the collection's footprint, as the shard knows it
  mutable std::optional<ItemView> item_;  // made when somebody looks
};

}  // namespace arcus::daemon
