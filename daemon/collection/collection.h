// Collection: what an item holds that is a list, a set, a map or a b+tree: its attributes and its
// elements. It lies in a block of its own; its items in the log point to it (two of them while the
// item is being moved). Needs the lock of the shard that owns it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/collection/bkey.h"
#include "daemon/collection/tree.h"
#include "daemon/memory/blocks.h"

namespace arcus::daemon {

enum class CollectionType : std::uint8_t { kList, kSet, kMap, kBtree };

// What happens when an element more than maxcount comes. The silent ones do not tell readers that
// something may be missing.
enum class Overflow : std::uint8_t {
  kError,
  kHeadTrim,
  kTailTrim,
  kSmallestTrim,
  kLargestTrim,
  kSmallestSilentTrim,
  kLargestSilentTrim,
};
// What it is when nobody says.
Overflow default_overflow(CollectionType type);
// Whether a collection of that type can have it.
bool can_have(CollectionType type, Overflow overflow);

// What a command came to, for all types.
enum class CollectionResult {
  kOk,
  kReplaced,
  kElementExists,
  kNoElement,
  kOverflowed,
  kOutOfRange,
  kBkeyMismatch,
  kEflagMismatch,
  kNotNumeric,
  kNoMemory,
};

struct CollectionOptions {
  CollectionType type = CollectionType::kList;
  std::uint32_t max_count = 0;  // 0: as many as the engine allows
  Overflow overflow = Overflow::kError;
  bool readable = true;
};

class Collection {
 public:
  // With one owner; null when the machine has no memory.
  static Collection* create(Blocks& blocks, const CollectionOptions& options);
  // Blocks of that many bytes are enough for create().
  static std::size_t room();

  CollectionType type() const { return options.type; }
  std::uint32_t size() const { return tree.size(); }
  // Bytes of blocks, all in all.
  std::size_t footprint() const { return Blocks::rounded(sizeof(Collection)) + tree.bytes(); }

  void acquire() { ++owners_; }
  // Whether that was the last owner: then it is to be taken apart.
  bool release() { return --owners_ == 0; }
  // Gives back about that many bytes; whether all of it is gone, itself too.
  bool take_apart(Blocks& blocks, std::size_t bytes);

  CollectionOptions options;
  // Another one whenever elements may have changed, and never one that another collection of that
  // key had: whoever goes through the elements in steps knows by it that they are the same. (Of
  // four thousand million, at least.)
  std::uint32_t version;
  Tree tree;
  // Of a b+tree: the widest span from its smallest to its largest bkey, and that elements have been
  // trimmed which a reader might have wanted.
  MaxBkeyRange max_bkey_range;
  bool trimmed = false;

  Collection* next_buried = nullptr;  // the shard's list of those without owners

 private:
  explicit Collection(const CollectionOptions& wanted);

  std::uint8_t owners_ = 1;
};

}  // namespace arcus::daemon
