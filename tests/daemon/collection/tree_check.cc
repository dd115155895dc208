#include "tests/daemon/collection/tree_check.h"

#include <gtest/gtest.h>

namespace arcus::daemon {

void TreeCheck::all_is_well(const Tree& tree) {
  TreeCheck check(tree);
  if (tree.root_ == nullptr) {
    EXPECT_EQ(tree.size_, 0U);
    EXPECT_EQ(tree.height_, 0U);
  } else {
    EXPECT_EQ(check.walk(tree.root_, tree.height_, nullptr, nullptr), tree.size_);
  }
  EXPECT_EQ(check.bytes_, tree.bytes_);
}

std::size_t TreeCheck::leaves(const Tree& tree) {
  TreeCheck check(tree);
  if (tree.root_ != nullptr) check.walk(tree.root_, tree.height_, nullptr, nullptr);
  return check.leaves_;
}

std::uint32_t TreeCheck::walk(char* node, std::uint32_t height, const TreeKey* low,
                              const TreeKey* high) {
  if (height == 0) return walk_leaf(*reinterpret_cast<Leaf*>(node), low, high);
  const auto& inner = *reinterpret_cast<Inner*>(node);
  bytes_ += Blocks::rounded(inner.bytes());
  EXPECT_GE(inner.count(), node == tree_.root_ ? 2U : 1U);
  EXPECT_LE(inner.count(), inner.room());
  EXPECT_LE(inner.room(), Inner::most_children(tree_.kind_));
  std::uint32_t all = 0;
  for (std::uint32_t i = 0; i < inner.count(); ++i) {
    const TreeKey here = inner.separator(i);
    const bool last = i + 1 == inner.count();
    const TreeKey next = last ? TreeKey() : inner.separator(i + 1);
    if (i > 0 && low != nullptr) {
      EXPECT_FALSE(less(tree_.kind_, here, *low));
    }
    const std::uint32_t below =
        walk(inner.child(i), height - 1, i == 0 ? low : &here, last ? high : &next);
    EXPECT_EQ(below, inner.below(i));
    EXPECT_EQ(inner.before(i), all);
    all += below;
  }
  return all;
}

std::uint32_t TreeCheck::walk_leaf(const Leaf& leaf, const TreeKey* low, const TreeKey* high) {
  ++leaves_;
  bytes_ += leaf.capacity();
  EXPECT_EQ(Blocks::rounded(leaf.capacity()), leaf.capacity());
  EXPECT_GT(leaf.count(), 0U);
  EXPECT_LE(leaf.used(), leaf.capacity());
  EXPECT_EQ(leaf.kind(), tree_.kind_);
  const bool ordered = tree_.kind_ != KeyKind::kNone;
  std::size_t offset = 0;
  for (std::uint32_t i = 0; i < leaf.count(); ++i) {
    EXPECT_EQ(leaf.offset(i), offset);
    if (leaf.is_external(i)) bytes_ += Blocks::rounded(leaf.external(i, offset).size());
    offset += leaf.stored_size(i);
    if (ordered && i > 0) {
      EXPECT_FALSE(less(tree_.kind_, leaf.key(i), leaf.key(i - 1)));
    }
  }
  if (ordered && low != nullptr) {
    EXPECT_FALSE(less(tree_.kind_, leaf.key(0), *low));
  }
  if (ordered && high != nullptr) {
    EXPECT_FALSE(less(tree_.kind_, *high, leaf.key(leaf.count() - 1)));
  }
  return leaf.count();
}

}  // namespace arcus::daemon
