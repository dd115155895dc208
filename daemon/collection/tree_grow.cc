// How a tree takes in what a leaf has become: the same leaf in its block or another, or two leaves,
// for which nodes above may be split too.
#include "daemon/collection/tree.h"

namespace arcus::daemon {
namespace {

using Slices = std::array<LeafSlice, 3>;

// The elements [from, to) of all.
Slices part_of(std::span<const LeafSlice, 3> all, std::uint32_t from, std::uint32_t to) {
  Slices part;
  std::uint32_t start = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint32_t end = start + all[i].size();
    const std::uint32_t first = std::clamp(from, start, end) - start;
    const std::uint32_t last = std::clamp(to, start, end) - start;
    part[i] = {all[i].leaf, all[i].from + first, all[i].from + last};
    start = end;
  }
  return part;
}

// How many elements from the front make about half of the bytes.
std::uint32_t half_of(std::span<const LeafSlice, 3> all, const Leaf::Plan& plan) {
  std::size_t payload = 0;
  for (const LeafSlice& slice : all) {
    if (slice.size() > 0) payload += slice.leaf->offset(slice.to) - slice.leaf->offset(slice.from);
  }
  const std::size_t beside = (plan.used() - payload) / plan.count();
  const std::size_t half = (payload + beside * plan.count()) / 2;
  std::size_t bytes = 0;
  std::uint32_t elements = 0;
  for (const LeafSlice& slice : all) {
    for (std::uint32_t i = slice.from; i < slice.to; ++i) {
      bytes += slice.leaf->stored_size(i) + beside;
      ++elements;
      if (bytes >= half) return std::min(elements, plan.count() - 1);
    }
  }
  return plan.count() - 1;
}

}  // namespace

bool Tree::rewrite(Supply& supply, Cursor& place, std::span<const LeafSlice, 3> slices,
                   std::uint32_t added) {
  const Leaf::Plan plan(kind_, slices);
  if (!plan.fits() && plan.count() > 1) return split(supply, place, slices, added);
  Leaf* old = place.leaf_;
  const std::size_t size = Blocks::rounded(plan.used());
  if (old != nullptr && old->capacity() == size) {
    alignas(Leaf) char scratch[Leaf::kMostBytes];
    plan.write(slices, scratch, size);
    std::memcpy(static_cast<void*>(old), scratch, plan.used());
  } else {
    char* block = supply.add(size);
    if (block == nullptr) return false;
    plan.write(slices, block, size);
    if (old != nullptr) supply.give(reinterpret_cast<char*>(old), old->capacity());
    point_to(place, height_, block);
    place.leaf_ = reinterpret_cast<Leaf*>(block);
  }
  count(place, height_, added);
  size_ += added;
  place.stand_at(place.leaf_, place.position_);
  return true;
}

// What comes in order, up or down, leaves full leaves behind.
bool Tree::split(Supply& supply, Cursor& place, std::span<const LeafSlice, 3> slices,
                 std::uint32_t added) {
  const Leaf::Plan whole(kind_, slices);
  Leaf* old = place.leaf_;
  const std::uint32_t all = whole.count();
  const bool at_end = added > 0 && place.position_ + 1 == all;
  const bool at_start = added > 0 && place.position_ == 0;
  const std::uint32_t middle = at_end ? all - 1 : at_start ? 1 : half_of(slices, whole);
  const Slices left = part_of(slices, 0, middle);
  const Slices right = part_of(slices, middle, all);
  const Leaf::Plan left_plan(kind_, left);
  const Leaf::Plan right_plan(kind_, right);
  char* left_block = reinterpret_cast<char*>(old);
  char* right_block = left_block;
  const std::size_t left_size = Blocks::rounded(left_plan.used());
  const std::size_t right_size = Blocks::rounded(right_plan.used());
  if (!at_end && (left_block = supply.add(left_size)) == nullptr) return false;
  if (!at_start && (right_block = supply.add(right_size)) == nullptr) return false;
  if (!add_nodes(supply, place)) return false;

  const std::uint32_t index = place.index();
  if (!at_end) left_plan.write(left, left_block, left_size);
  if (!at_start) right_plan.write(right, right_block, right_size);
  if (!at_end && !at_start) supply.give(reinterpret_cast<char*>(old), old->capacity());
  const TreeKey separator = reinterpret_cast<Leaf*>(right_block)->key(0);
  grow(supply, place, {left_block, middle, right_block, all - middle, separator}, added);
  size_ += added;
  place = at(index);
  return true;
}

// The blocks that grow() will ask for, in the same order.
bool Tree::add_nodes(Supply& supply, const Cursor& place) const {
  const std::uint32_t most = Inner::most_children(kind_);
  supply.mark();
  for (std::uint32_t level = height_; level-- > 0;) {
    const Cursor::Step step = place.path_[level];
    const std::uint32_t children = step.node->count() + 1;
    if (children <= step.node->room()) return true;
    if (children <= most) return supply.add(Inner::bytes_for(kind_, children)) != nullptr;
    const std::uint32_t left = InnerDraft::split_at(step.index, children);
    if (supply.add(Inner::bytes_for(kind_, left)) == nullptr ||
        supply.add(Inner::bytes_for(kind_, children - left)) == nullptr) {
      return false;
    }
  }
  return supply.add(Inner::bytes_for(kind_, 2)) != nullptr;
}

void Tree::grow(Supply& supply, Cursor& place, Split split, std::uint32_t added) {
  char kept[kMostKey];  // a separator that goes up
  const auto write = [&supply](const InnerDraft& draft, std::uint32_t from, std::uint32_t to) {
    const std::size_t size = supply.size_of_next();
    return draft.write(from, to, supply.next(), size);
  };
  for (std::uint32_t level = height_; level-- > 0;) {
    const Cursor::Step step = place.path_[level];
    char* node = reinterpret_cast<char*>(step.node);
    const std::size_t node_bytes = step.node->bytes();
    InnerDraft draft(kind_);
    draft.append(*step.node);
    draft.set(step.index, split.left, split.left_count);
    draft.insert(step.index + 1, split.separator, split.right, split.right_count);
    const std::uint32_t children = draft.count();
    if (children <= Inner::most_children(kind_)) {
      if (children <= step.node->room()) {
        draft.write(0, children, node, node_bytes);
      } else {
        point_to(place, level, write(draft, 0, children));
        supply.give(node, node_bytes);
      }
      count(place, level, added);
      return;
    }
    const std::uint32_t left = InnerDraft::split_at(step.index, children);
    split.left = write(draft, 0, left);
    split.left_count = draft.below(0, left);
    split.right = write(draft, left, children);
    split.right_count = draft.below(left, children);
    split.separator = draft.separator(left);
    if (!split.separator.bytes.empty()) {
      std::memcpy(kept, split.separator.bytes.data(), split.separator.bytes.size());
      split.separator.bytes = {kept, split.separator.bytes.size()};
    }
    supply.give(node, node_bytes);
  }
  InnerDraft draft(kind_);
  draft.insert(0, {}, split.left, split.left_count);
  draft.insert(1, split.separator, split.right, split.right_count);
  root_ = write(draft, 0, 2);
  ++height_;
}

}  // namespace arcus::daemon
