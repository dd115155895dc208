// TreeCursor: where an element of a Tree is, with the way there from the root; the end of the tree
// is false. A value; of use until the tree is changed.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/collection/element.h"
#include "daemon/collection/inner.h"
#include "daemon/collection/leaf.h"

namespace arcus::daemon {

class Tree;

class TreeCursor {
 public:
  explicit operator bool() const { return leaf_ != nullptr; }
  // Of an element that is there. Views are of use as long as the cursor is.
  Element element() const { return leaf_->element(position_, offset_); }
  TreeKey key() const { return leaf_->key(position_); }
  // The end's is the tree's size.
  std::uint32_t index() const;

  // From the last to the end, from the end to the first.
  void next();
  // From the first to the end, from the end to the last.
  void prev();

 private:
  friend class Tree;
  friend class TreeEraser;
  // Levels above the leaves at most: with the fewest children that joining leaves, far more
  // elements than can be counted.
  static constexpr std::uint32_t kMostHeight = 12;

  struct Step {
    Inner* node;
    std::uint32_t index;
  };

  explicit TreeCursor(const Tree& tree) : tree_(&tree) {}
  void stand_at(Leaf* leaf, std::uint32_t position) {
    leaf_ = leaf;
    position_ = position;
    offset_ = static_cast<std::uint32_t>(leaf->offset(position));
  }
  void down_to_first(char* node, std::uint32_t level);
  void down_to_last(char* node, std::uint32_t level);

  const Tree* tree_;
  Leaf* leaf_ = nullptr;
  std::uint32_t position_ = 0;
  std::uint32_t offset_ = 0;            // of the element's bytes
  std::array<Step, kMostHeight> path_;  // from the root
};

}  // namespace arcus::daemon
