#include "daemon/collection/btree.h"

#include <algorithm>

namespace arcus::daemon {
namespace {

bool trims_smallest(const Collection& tree) {
  return tree.options.overflow == Overflow::kSmallestTrim ||
         tree.options.overflow == Overflow::kSmallestSilentTrim;
}
bool trims_largest(const Collection& tree) {
  return tree.options.overflow == Overflow::kLargestTrim ||
         tree.options.overflow == Overflow::kLargestSilentTrim;
}
bool trims_silently(const Collection& tree) {
  return tree.options.overflow == Overflow::kSmallestSilentTrim ||
         tree.options.overflow == Overflow::kLargestSilentTrim;
}

bool is_at(const Tree::Cursor& place, const Bkey& bkey) {
  return place && Bkey(place.key()) == bkey;
}

Bkey smallest(const Collection& tree) {
  return Bkey(tree.tree.begin().key());
}
Bkey largest(const Collection& tree) {
  return Bkey(tree.tree.at(tree.size() - 1).key());
}

enum class Surplus { kNone, kRange, kCount };  // what has to go

// What the widest span of bkeys says of one that is to come.
CollectionResult check_range(const Collection& tree, const Bkey& bkey, Surplus& surplus) {
  const Bkey& widest = *tree.max_bkey_range;
  const Bkey low = smallest(tree);
  const Bkey high = largest(tree);
  if (bkey >= low && bkey <= high) return CollectionResult::kOk;
  const bool below = bkey < low;
  const Bkey width = below ? Bkey::difference(high, bkey, widest.size())
                           : Bkey::difference(bkey, low, widest.size());
  if (width <= widest) return CollectionResult::kOk;
  if (!(below ? trims_largest(tree) : trims_smallest(tree))) return CollectionResult::kOutOfRange;
  surplus = Surplus::kRange;
  return CollectionResult::kOk;
}

CollectionResult check_count(Collection& tree, const Bkey& bkey, std::uint32_t most,
                             Surplus& surplus) {
  if (tree.size() < most) return CollectionResult::kOk;
  if (tree.options.overflow == Overflow::kError) return CollectionResult::kOverflowed;
  if (trims_smallest(tree) ? bkey < smallest(tree) : bkey > largest(tree)) {
    // It would be trimmed at once.
    if (!trims_silently(tree)) tree.trimmed = true;
    return CollectionResult::kOutOfRange;
  }
  surplus = Surplus::kCount;
  return CollectionResult::kOk;
}

// Those too far from the new one go. What a range leaves out is not missing to anybody.
void trim_range(Collection& tree, Blocks& blocks, const Bkey& bkey) {
  const Bkey& widest = *tree.max_bkey_range;
  const std::size_t size = widest.size();
  if (trims_smallest(tree)) {
    const Bkey last = Bkey::difference(bkey, widest, size).predecessor();
    // Of bkeys that differ behind what the range looks at, one has to go.
    tree.tree.erase(blocks, 0, std::max(1U, tree.tree.upper_bound(last.key()).index()));
  } else {
    const Bkey high = largest(tree);
    const Bkey over = Bkey::difference(Bkey::difference(high, bkey, size), widest, size);
    const Bkey first = Bkey::difference(high, over.predecessor(), size);
    const std::uint32_t index = tree.tree.lower_bound(first.key()).index();
    tree.tree.erase(blocks, index, tree.size() - index);
  }
  if (!trims_silently(tree)) tree.trimmed = false;
}

void trim_count(Collection& tree, Blocks& blocks, std::optional<TrimmedElement>* trimmed) {
  const auto edge = trims_smallest(tree) ? tree.tree.begin() : tree.tree.at(tree.size() - 1);
  if (trimmed != nullptr) {
    const Element element = edge.element();
    trimmed->emplace(TrimmedElement{Bkey(element.key), std::string(element.tag),
                                    std::string(element.value)});
  }
  tree.tree.erase(blocks, edge.index(), 1);
  if (!trims_silently(tree)) tree.trimmed = true;
}

}  // namespace

KeyKind btree_kind(const Collection& tree) {
  return tree.size() == 0 && tree.max_bkey_range ? tree.max_bkey_range->kind()
                                                 : tree.tree.kind();
}

bool btree_accepts(const Collection& tree, KeyKind kind) {
  return (tree.size() == 0 && !tree.max_bkey_range) || btree_kind(tree) == kind;
}

Tree::Cursor btree_find(const Collection& tree, const Bkey& bkey) {
  const auto at = tree.tree.lower_bound(bkey.key());
  return is_at(at, bkey) ? at : tree.tree.end();
}

IndexSpan btree_span(const Collection& tree, const BkeyRange& range) {
  const bool forward = range.forward();
  const Bkey& low = forward ? range.from : range.to;
  const Bkey& high = forward ? range.to : range.from;
  const std::uint32_t begin = tree.tree.lower_bound(low.key()).index();
  const std::uint32_t end = tree.tree.upper_bound(high.key()).index();
  return {forward || begin == end ? begin : end - 1, end - begin, forward};
}

bool begins_in_trimmed(const Collection& tree, const BkeyRange& range) {
  if (!tree.trimmed) return false;
  switch (tree.options.overflow) {
    case Overflow::kSmallestTrim:
      return range.from < smallest(tree);
    case Overflow::kLargestTrim:
      return range.from > largest(tree);
    default:
      return false;
  }
}

bool ends_in_trimmed(const Collection& tree, const BkeyRange& range, const IndexSpan& span) {
  if (!tree.trimmed || span.count == 0) return false;
  // Where the range ends with the tree's last element, nothing was trimmed that belongs to it; the
  // old engine says so only if there was an element before it.
  switch (tree.options.overflow) {
    case Overflow::kSmallestTrim:
      return !span.forward && span.lowest() == 0 &&
             (span.count == 1 || range.to < smallest(tree));
    case Overflow::kLargestTrim:
      return span.forward && span.first + span.count == tree.size() &&
             (span.count == 1 || range.to > largest(tree));
    default:
      return false;
  }
}

CollectionResult btree_insert(Collection& tree, Blocks& blocks, const BtreeElement& element,
                              const BtreeInsert& how) {
  const Bkey& bkey = element.bkey;
  if (!btree_accepts(tree, bkey.kind())) return CollectionResult::kBkeyMismatch;
  const auto place = tree.tree.lower_bound(bkey.key());
  if (is_at(place, bkey)) {
    if (!how.replace) return CollectionResult::kElementExists;
    return tree.tree.replace(blocks, place, element.eflag, element.value)
               ? CollectionResult::kReplaced
               : CollectionResult::kNoMemory;
  }
  Surplus surplus = Surplus::kNone;
  if (tree.size() > 0) {
    if (tree.max_bkey_range) {
      const CollectionResult result = check_range(tree, bkey, surplus);
      if (result != CollectionResult::kOk) return result;
    }
    if (surplus == Surplus::kNone) {
      const CollectionResult result = check_count(tree, bkey, how.most, surplus);
      if (result != CollectionResult::kOk) return result;
    }
  } else {
    tree.tree.set_kind(bkey.kind());
  }
  if (!tree.tree.insert(blocks, place, {bkey.key(), element.eflag, element.value})) {
    return CollectionResult::kNoMemory;
  }
  if (surplus == Surplus::kRange) trim_range(tree, blocks, bkey);
  if (surplus == Surplus::kCount) trim_count(tree, blocks, how.trimmed);
  return CollectionResult::kOk;
}

CollectionResult btree_update(Collection& tree, Blocks& blocks, const Bkey& bkey,
                              const BtreeUpdate& update) {
  if (tree.size() == 0) return CollectionResult::kNoElement;
  if (!btree_accepts(tree, bkey.kind())) return CollectionResult::kBkeyMismatch;
  const auto at = btree_find(tree, bkey);
  if (!at) return CollectionResult::kNoElement;
  const Element element = at.element();
  Eflag eflag(element.tag);
  if (update.eflag) {
    const auto changed = update.eflag->applied_to(element.tag);
    if (!changed) return CollectionResult::kEflagMismatch;
    eflag = *changed;
  }
  const std::string_view value = update.value.value_or(element.value);
  return tree.tree.replace(blocks, at, eflag.bytes(), value) ? CollectionResult::kOk
                                                             : CollectionResult::kNoMemory;
}

}  // namespace arcus::daemon
