// What the store's parts and its callers say to each other: time, keys, results, an item as seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace arcus::daemon {

// The engine's time: seconds since the epoch as the process started, plus what has passed since.
using Seconds = std::uint32_t;
inline constexpr Seconds kNever = 0;            // an expiry: lives until evicted
inline constexpr Seconds kSticky = 0xffffffff;  // an expiry: never, and never evicted
inline constexpr Seconds kAlreadyExpired = 1;   // an expiry: in the past

// The longest key there may be; a segment always has room for one.
inline constexpr std::size_t kLongestKey = 16000;

struct Key {
  std::string_view text;
  std::uint64_t hash = 0;
};

enum class StoreResult {
  kStored,
  kNotStored,  // add: it is there; replace, append, prepend: it is not
  kExists,     // cas: somebody else has changed it
  kNotFound,
  kTooLarge,
  kNoMemory,
  kNotNumeric,
  kTypeMismatch,  // the item is a collection
};

class Collection;
class LargeValue;

// An item as it lies in the store; views into it, for as long as its Access lasts.
struct ItemView {
  std::string_view key;
  std::string_view value;       // without CR LF
  LargeValue* large = nullptr;  // not null: the value lies there, and can be held on to
  Collection* collection = nullptr;  // not null: it is one, and has no value
  std::uint32_t flags = 0;
  Seconds expires = kNever;
  Seconds stored = 0;    // when, or a little before; a value that was moved counts from then
  bool fetched = false;  // asked for since it was stored
  bool stale = false;    // the marks of the meta commands: invalidated, but still served,
  bool won = false;      // and somebody has been asked to renew it
};

// What an item is to be: bytes (`value`, then `more`), a large value, or a collection.
struct Content {
  std::string_view value;
  std::string_view more;
  LargeValue* large = nullptr;  // put() takes a reference of its own
  Collection* collection = nullptr;  // put() becomes one of its owners
  std::uint32_t flags = 0;
  Seconds expires = kNever;
  std::uint64_t cas = 0;  // the CAS id that the item shall have; 0: one of the store's
  bool stale = false;
  bool won = false;
};

}  // namespace arcus::daemon
