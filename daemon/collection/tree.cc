#include "daemon/collection/tree.h"

namespace arcus::daemon {

namespace {

// The lines that a search in the node begins with, all at once: it would wait for one after the
// other.
void fetch(const char* node) {
  constexpr std::size_t kLine = 64;
  for (std::size_t line = 0; line < 6; ++line) __builtin_prefetch(node + line * kLine);
}

}  // namespace

Tree::Cursor Tree::at(std::uint32_t index) const {
  Cursor cursor(*this);
  if (index >= size_) return cursor;
  char* node = root_;
  for (std::uint32_t level = 0; level < height_; ++level) {
    auto* inner = reinterpret_cast<Inner*>(node);
    const std::uint32_t i = inner->child_at(index);
    cursor.path_[level] = {inner, i};
    node = inner->child(i);
  }
  cursor.stand_at(reinterpret_cast<Leaf*>(node), index);
  return cursor;
}

template <bool or_equal>
Tree::Cursor Tree::bound(const TreeKey& key) const {
  Cursor cursor(*this);
  if (root_ == nullptr) return cursor;
  char* node = root_;
  for (std::uint32_t level = 0; level < height_; ++level) {
    fetch(node);
    auto* inner = reinterpret_cast<Inner*>(node);
    const std::uint32_t i = or_equal ? inner->child_for_upper(key) : inner->child_for_lower(key);
    cursor.path_[level] = {inner, i};
    node = inner->child(i);
  }
  fetch(node);
  auto* leaf = reinterpret_cast<Leaf*>(node);
  const std::uint32_t position = or_equal ? leaf->upper_bound(key) : leaf->lower_bound(key);
  if (position < leaf->count()) {
    cursor.stand_at(leaf, position);
  } else {
    cursor.stand_at(leaf, position - 1);
    cursor.next();
  }
  return cursor;
}

Tree::Cursor Tree::lower_bound(const TreeKey& key) const {
  return bound<false>(key);
}

Tree::Cursor Tree::upper_bound(const TreeKey& key) const {
  return bound<true>(key);
}

std::size_t Tree::room_for(std::size_t tag_size, std::size_t value_size) {
  // Two halves of a leaf and a node above them; more nodes are split once in thousands of times.
  const std::size_t nodes = Leaf::kFull + Inner::bytes_for(KeyKind::kBytes, 46) + tag_size;
  return nodes + (value_size > Leaf::kMostInline ? Blocks::rounded(value_size) : value_size);
}

// Between two leaves an element goes to the end of the first, unless the separator says otherwise
// or only the second has room: its separator is made lower then.
Tree::Cursor Tree::where(const Cursor& before, const Leaf& single) {
  Cursor place = before;
  if (!place) {
    if (root_ == nullptr) return place;
    place.down_to_last(root_, 0);
    ++place.position_;
    return place;
  }
  if (place.position_ > 0) return place;
  std::uint32_t level = height_;
  while (level > 0 && place.path_[level - 1].index == 0) --level;
  if (level == 0) return place;
  const Cursor::Step step = place.path_[level - 1];
  if (kind_ != KeyKind::kNone && !less(kind_, single.key(0), step.node->separator(step.index))) {
    return place;
  }
  Cursor earlier = place;
  --earlier.path_[level - 1].index;
  earlier.down_to_last(step.node->child(step.index - 1), level);
  ++earlier.position_;
  if (earlier.leaf_->has_room_for(single) || !place.leaf_->has_room_for(single)) return earlier;
  step.node->set_separator(step.index, single.key(0));
  return place;
}

Tree::Cursor Tree::insert(Blocks& blocks, const Cursor& before, const Element& element) {
  Supply supply(blocks, bytes_);
  char* outside = nullptr;
  if (element.value.size() > Leaf::kMostInline) {
    outside = supply.add(element.value.size());
    if (outside == nullptr) return end();
    std::memcpy(outside, element.value.data(), element.value.size());
  }
  alignas(Leaf) char room[Leaf::kMostSingle];
  const Leaf* single = Leaf::single(room, kind_, element, outside);
  Cursor place = where(before, *single);
  if (place && place.leaf_->insert(place.position_, *single)) {
    place.stand_at(place.leaf_, place.position_);
    count(place, height_, 1);
    ++size_;
    supply.commit();
    return place;
  }
  const std::uint32_t behind = place ? place.leaf_->count() : 0;
  const LeafSlice slices[] = {
      {place.leaf_, 0, place.position_}, {single, 0, 1}, {place.leaf_, place.position_, behind}};
  if (!rewrite(supply, place, slices, 1)) return end();
  supply.commit();
  return place;
}

Tree::Cursor Tree::replace(Blocks& blocks, const Cursor& at, std::string_view tag,
                           std::string_view value) {
  Supply supply(blocks, bytes_);
  Cursor place = at;
  char* outside = nullptr;
  if (value.size() > Leaf::kMostInline) {
    outside = supply.add(value.size());
    if (outside == nullptr) return end();
    std::memcpy(outside, value.data(), value.size());
  }
  alignas(Leaf) char room[Leaf::kMostSingle];
  const Leaf* single = Leaf::single(room, kind_, {place.key(), tag, value}, outside);
  const std::uint32_t i = place.position_;
  if (place.leaf_->overwrite(i, place.offset_, *single)) return place;
  std::string_view before;
  if (place.leaf_->is_external(i)) before = place.leaf_->external(i, place.offset_);
  const LeafSlice slices[] = {
      {place.leaf_, 0, i}, {single, 0, 1}, {place.leaf_, i + 1, place.leaf_->count()}};
  if (!rewrite(supply, place, slices, 0)) return end();
  supply.commit();
  if (!before.empty()) supply.give(const_cast<char*>(before.data()), before.size());
  return place;
}

void Tree::point_to(Cursor& place, std::uint32_t level, char* node) {
  if (level == 0) {
    root_ = node;
  } else {
    place.path_[level - 1].node->set_child(place.path_[level - 1].index, node);
  }
}

void Tree::count(Cursor& place, std::uint32_t levels, std::int64_t more) {
  for (std::uint32_t level = 0; level < levels; ++level) {
    const Cursor::Step step = place.path_[level];
    step.node->set_below(step.index,
                         static_cast<std::uint32_t>(step.node->below(step.index) + more));
  }
}

}  // namespace arcus::daemon
