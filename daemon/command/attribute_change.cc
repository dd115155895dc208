// Changing the attributes of a collection: what may be, and what becomes of it.
#include "daemon/command/attributes.h"
#include "daemon/command/collection.h"

namespace arcus::daemon {
namespace {

// What there is must fit.
bool range_fits(const Bkey& range, const Collection& btree) {
  const auto first = btree.tree.begin();
  if (!first) return true;
  if (range.kind() != btree.tree.kind()) return false;
  auto last = btree.tree.end();
  last.prev();
  return Bkey::difference(Bkey(last.key()), Bkey(first.key()), range.size()) <= range;
}

}  // namespace

bool can_apply(const AttributeChange& change, const Collection& collection, const Engine& engine) {
  if (change.max_count) {
    const std::uint32_t most = limited_count(engine, collection.type(), *change.max_count);
    if (most != 0 && most < collection.size()) return false;
  }
  if (change.overflow && !can_have(collection.type(), *change.overflow)) return false;
  const bool ranges = change.max_bkey_range && *change.max_bkey_range;
  return !ranges || range_fits(**change.max_bkey_range, collection);
}

void apply(const AttributeChange& change, Collection& collection, const Engine& engine) {
  if (change.max_count) {
    collection.options.max_count = limited_count(engine, collection.type(), *change.max_count);
  }
  if (change.overflow) {
    // What was trimmed on the one side says nothing of the other.
    if (collection.options.overflow != *change.overflow) collection.trimmed = false;
    collection.options.overflow = *change.overflow;
  }
  if (change.readable) collection.options.readable = true;
  if (change.max_bkey_range) {
    collection.max_bkey_range = *change.max_bkey_range;
    if (collection.size() == 0 && collection.max_bkey_range) {
      collection.tree.set_kind(collection.max_bkey_range->kind());
    }
  }
}

}  // namespace arcus::daemon
