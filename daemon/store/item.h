// Item: one key and its value in one allocation: header, key, value, CR LF. The CR LF is kept so
// that a reply sends value and line end in one piece.
//
// Lifetime: counted references. The index holds one; whoever reads or sends a value holds another
// and may do so without any lock. Key, size, flags, CAS id and value do not change while anybody
// but the index holds the item (an in-place change needs the shard's lock and a count of one);
// chain, list links, expiry and marks are the shard's and need its lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "daemon/store/memory.h"

namespace arcus::daemon {

// The engine's time: seconds since the epoch as the process started, plus what has passed since.
using Seconds = std::uint32_t;
inline constexpr Seconds kNever = 0;            // an expiry: lives until evicted
inline constexpr Seconds kSticky = 0xffffffff;  // an expiry: never, and never evicted
inline constexpr Seconds kAlreadyExpired = 1;   // an expiry: in the past

struct Item {
  Item* chain;  // the next of the same bucket
  Item* newer;
  Item* older;
  std::uint64_t cas;
  std::uint32_t hash;
  Seconds expires;
  std::uint32_t flags;
  std::uint32_t value_size;  // with its CR LF
  std::atomic<std::uint32_t> references;
  std::uint16_t key_size;
  bool referenced;  // asked for since the clock's hand last passed
  bool sticky;      // counted against the sticky limit

  char* key_data() { return reinterpret_cast<char*>(this + 1); }
  const char* key_data() const { return reinterpret_cast<const char*>(this + 1); }
  char* value_data() { return key_data() + key_size; }
  std::string_view key() const { return {key_data(), key_size}; }
  // With and without the CR LF.
  std::string_view line() const { return {key_data() + key_size, value_size}; }
  std::string_view value() const { return {key_data() + key_size, value_size - 2u}; }
};

// What an item of this size takes from the budget, at least.
std::size_t item_footprint(std::size_t key_size, std::size_t value_size);
// An item with one reference, its memory reserved; nothing when the machine has none.
Item* create_item(Memory& memory, std::string_view key, std::size_t value_size);
void drop_item(Memory& memory, Item* item);  // gives up one reference
std::size_t item_bytes(const Item* item);    // what it takes from the budget

// A counted reference; empty when there is no item. May pass from thread to thread.
class ItemRef {
 public:
  ItemRef() = default;
  ItemRef(Memory& memory, Item* item) : memory_(&memory), item_(item) {}
  ItemRef(ItemRef&& other) noexcept
      : memory_(other.memory_), item_(std::exchange(other.item_, nullptr)) {}
  ItemRef& operator=(ItemRef&& other) noexcept {
    reset();
    memory_ = other.memory_;
    item_ = std::exchange(other.item_, nullptr);
    return *this;
  }
  ~ItemRef() { reset(); }

  explicit operator bool() const { return item_ != nullptr; }
  Item* operator->() const { return item_; }
  Item* get() const { return item_; }
  Memory* memory() const { return memory_; }
  Item* release() { return std::exchange(item_, nullptr); }
  void reset() {
    if (item_ != nullptr) drop_item(*memory_, std::exchange(item_, nullptr));
  }

 private:
  Memory* memory_ = nullptr;
  Item* item_ = nullptr;
};

}  // namespace arcus::daemon
