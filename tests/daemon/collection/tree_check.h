// Walks all of a tree and fails the test that calls it where anything is not as it must be: order,
// separators, counts, sizes, bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/collection/tree.h"

namespace arcus::daemon {

class TreeCheck {
 public:
  static void all_is_well(const Tree& tree);
  static std::uint32_t height(const Tree& tree) { return tree.height_; }
  static std::size_t leaves(const Tree& tree);

 private:
  explicit TreeCheck(const Tree& tree) : tree_(tree) {}
  // Elements below the node; keys are within [low, high], where there are such.
  std::uint32_t walk(char* node, std::uint32_t height, const TreeKey* low, const TreeKey* high);
  std::uint32_t walk_leaf(const Leaf& leaf, const TreeKey* low, const TreeKey* high);

  const Tree& tree_;
  std::size_t bytes_ = 0;
  std::size_t leaves_ = 0;
};

}  // namespace arcus::daemon
