// B+trees: elements in the order of their bkeys. Where nothing is filtered, what is asked for is a
// span of indexes, found in O(log n).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/collection/collection.h"
#include "daemon/collection/eflag.h"
#include "daemon/collection/index_span.h"

namespace arcus::daemon {

// From one bkey to another, both included; backward where the first is the greater.
struct BkeyRange {
  Bkey from;
  Bkey to;
  bool single() const { return from == to; }
  bool forward() const { return from <= to; }
};

// What kind of bkeys it has; kNone: nothing is settled.
KeyKind btree_kind(const Collection& tree);
// Whether a bkey of that kind can be in it.
bool btree_accepts(const Collection& tree, KeyKind kind);

// The element of that bkey; false where there is none.
Tree::Cursor btree_find(const Collection& tree, const Bkey& bkey);
// All elements of a range.
IndexSpan btree_span(const Collection& tree, const BkeyRange& range);

// Trimmed trees only (Collection::trimmed): whether a range begins where elements were trimmed, and
// whether one that has been gone through, to its end, ends there. `span` is all of the range.
bool begins_in_trimmed(const Collection& tree, const BkeyRange& range);
bool ends_in_trimmed(const Collection& tree, const BkeyRange& range, const IndexSpan& span);

struct BtreeElement {
  Bkey bkey;
  std::string_view eflag;
  std::string_view value;
};
// One that is no longer in its tree.
struct TrimmedElement {
  Bkey bkey;
  std::string eflag;
  std::string value;
};

struct BtreeInsert {
  bool replace = false;    // where the bkey is there, the element takes its place (kReplaced)
  std::uint32_t most = 0;  // elements
  // Gets the element that had to go because of `most`.
  std::optional<TrimmedElement>* trimmed = nullptr;
};
// kOk, kReplaced, kElementExists, kBkeyMismatch, kOutOfRange, kOverflowed, kNoMemory.
CollectionResult btree_insert(Collection& tree, Blocks& blocks, const BtreeElement& element,
                              const BtreeInsert& how);

// What an update leaves as it is, it does not have. kOk, kNoElement, kBkeyMismatch, kEflagMismatch,
// kNoMemory.
struct BtreeUpdate {
  std::optional<EflagUpdate> eflag;
  std::optional<std::string_view> value;
};
CollectionResult btree_update(Collection& tree, Blocks& blocks, const Bkey& bkey,
                              const BtreeUpdate& update);

}  // namespace arcus::daemon
