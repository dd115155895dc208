// Access: one key of the store, while its shard is locked for whoever holds this. Made by the
// store; lives on the stack of one command and ends before the command waits for anything.
#pragma once

#include <cstdint>

#include "daemon/store/large_value.h"
#include "daemon/store/shard.h"
#include "daemon/store/types.h"

namespace arcus::daemon {

class Access {
 public:
  // The shard is locked, and unlocked at the end.
  Access(Shard& shard, const Key& key, Seconds now, bool has_room = false);
  Access(Access&& other) noexcept;
  Access& operator=(Access&&) = delete;
  ~Access();

  // The item, if there is one that is not over.
  explicit operator bool() const { return found_; }
  const ItemView& operator*() const { return item_; }
  const ItemView* operator->() const { return &item_; }

  // The item was asked for: eviction takes note, and it counts as fetched.
  void hit();
  // Its CAS id: no other value of this or any other key has or had it. From now on a change of the
  // value gives it another one.
  std::uint64_t cas();
  // Keeps a large value (item.large is not null) in place after the access has ended.
  LargeRef hold() const { return LargeRef::share(item_.large); }

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
    ++item_.collection->version;
    return shard_->blocks();
  }
  bool has_room() const { return has_room_; }
  bool sticky_is_full() const { return item_.expires == kSticky && shard_->sticky_is_full(); }
  // Makes a collection without elements where there is no item. kStored or kNoMemory.
  StoreResult create(const CollectionOptions& options, std::uint32_t flags, Seconds expires);

  // Lets go early; the access is then of no more use.
  void unlock();

 private:
  void show();
  void settle();
  StoreResult rewrite(Content content);

  Shard* shard_;
  const Key key_;
  const Seconds now_;
  Shard::Place place_;
  bool found_ = false;
  bool changed_ = false;  // something was put: eviction may have work to do
  bool has_room_ = false;
  std::size_t weighed_ = 0;  // the collection's footprint, as the shard knows it
  ItemView item_;
};

}  // namespace arcus::daemon
