// How a tree gets smaller: whole subtrees are dropped, the leaves at the ends of what is erased
// written anew, and neighbours that have become small joined.
#include "daemon/collection/tree.h"

namespace arcus::daemon {

// Does all work of one call.
class TreeEraser {
 public:
  TreeEraser(Tree& tree, Blocks& blocks) : tree_(tree), supply_(blocks, tree.bytes_) {
    supply_.commit();
  }

  // When what is erased leaves enough of one leaf that no neighbour is to be looked at.
  bool erase_in_one_leaf(std::uint32_t index, std::uint32_t count);
  // Elements [from, to) below a node; what is left of it, or null.
  char* erase(char* node, std::uint32_t height, std::uint32_t total, std::uint32_t from,
              std::uint32_t to);
  void drop(char* node, std::uint32_t height);
  void drop_values(const Leaf& leaf, std::uint32_t from, std::uint32_t to);
  void drop_node(Inner* node) { supply_.give(reinterpret_cast<char*>(node), node->bytes()); }

 private:
  // Joined only when one is smaller than a quarter and both make three quarters of a node at most,
  // so that what follows does not split them again at once.
  static constexpr std::size_t kSmallLeaf = Leaf::kFull / 4;
  static constexpr std::size_t kJoinedLeaf = Leaf::kFull / 4 * 3;

  char* erase_in_leaf(Leaf* leaf, std::uint32_t from, std::uint32_t to);
  char* erase_in_node(Inner* node, std::uint32_t height, std::uint32_t from, std::uint32_t to);
  bool join(InnerDraft& draft, std::uint32_t left, std::uint32_t height);
  char* joined_leaves(Leaf* left, Leaf* right);
  char* joined_nodes(Inner* left, Inner* right, const TreeKey& separator, std::uint32_t height);

  Tree& tree_;
  Supply supply_;
};

bool TreeEraser::erase_in_one_leaf(std::uint32_t index, std::uint32_t count) {
  TreeCursor place = tree_.at(index);
  Leaf* leaf = place.leaf_;
  const std::uint32_t end = place.position_ + count;
  if (end > leaf->count() || count == leaf->count()) return false;
  const std::size_t left = leaf->used() * (leaf->count() - count) / leaf->count();
  if (tree_.height_ > 0 && left <= kSmallLeaf) return false;
  tree_.point_to(place, tree_.height_, erase_in_leaf(leaf, place.position_, end));
  Tree::count(place, tree_.height_, -std::int64_t{count});
  return true;
}

char* TreeEraser::erase(char* node, std::uint32_t height, std::uint32_t total, std::uint32_t from,
                        std::uint32_t to) {
  if (from == 0 && to == total) {
    drop(node, height);
    return nullptr;
  }
  if (height == 0) return erase_in_leaf(reinterpret_cast<Leaf*>(node), from, to);
  return erase_in_node(reinterpret_cast<Inner*>(node), height, from, to);
}

void TreeEraser::drop(char* node, std::uint32_t height) {
  if (height == 0) {
    auto* leaf = reinterpret_cast<Leaf*>(node);
    drop_values(*leaf, 0, leaf->count());
    supply_.give(node, leaf->capacity());
    return;
  }
  auto* inner = reinterpret_cast<Inner*>(node);
  for (std::uint32_t i = 0; i < inner->count(); ++i) drop(inner->child(i), height - 1);
  drop_node(inner);
}

void TreeEraser::drop_values(const Leaf& leaf, std::uint32_t from, std::uint32_t to) {
  if (!leaf.has_external()) return;
  std::size_t offset = leaf.offset(from);
  for (std::uint32_t i = from; i < to; offset += leaf.stored_size(i), ++i) {
    if (!leaf.is_external(i)) continue;
    const std::string_view value = leaf.external(i, offset);
    supply_.give(const_cast<char*>(value.data()), value.size());
  }
}

// Written anew, what is left is no larger than as it was, but it is only worth it with a smaller
// block; without memory it stays where it is.
char* TreeEraser::erase_in_leaf(Leaf* leaf, std::uint32_t from, std::uint32_t to) {
  drop_values(*leaf, from, to);
  if (Blocks::rounded(leaf->used_without(from, to)) < leaf->capacity()) {
    const LeafSlice slices[] = {{leaf, 0, from}, {leaf, to, leaf->count()}};
    const Leaf::Plan plan(tree_.kind_, slices);
    const std::size_t size = Blocks::rounded(plan.used());
    char* block = supply_.take(size);
    if (block != nullptr) {
      plan.write(slices, block, size);
      supply_.give(reinterpret_cast<char*>(leaf), leaf->capacity());
      return block;
    }
  }
  leaf->erase(from, to);
  return reinterpret_cast<char*>(leaf);
}

char* TreeEraser::erase_in_node(Inner* node, std::uint32_t height, std::uint32_t from,
                                std::uint32_t to) {
  InnerDraft draft(tree_.kind_);
  draft.append(*node);
  std::uint32_t i = 0;
  std::uint32_t start = 0;  // index of child i's first element, before anything was erased
  for (; start + draft.below(i) <= from; ++i) start += draft.below(i);
  const std::uint32_t touched = i;
  while (start < to) {
    const std::uint32_t below = draft.below(i);
    const std::uint32_t first = std::max(from, start) - start;
    const std::uint32_t last = std::min(to, start + below) - start;
    char* child = erase(draft.child(i), height - 1, below, first, last);
    start += below;
    if (child == nullptr) {
      draft.remove(i);
    } else {
      draft.set(i, child, below - (last - first));
      ++i;
    }
  }
  for (std::uint32_t left = touched > 0 ? touched - 1 : 0; left <= touched + 1;) {
    if (left + 1 >= draft.count()) break;
    if (!join(draft, left, height - 1)) ++left;
  }
  const std::size_t bytes = Inner::bytes_for(tree_.kind_, draft.count());
  char* block = reinterpret_cast<char*>(node);
  if (draft.count() <= node->room() / 2) {
    char* smaller = supply_.take(bytes);
    if (smaller != nullptr) {
      drop_node(node);
      return draft.write(0, draft.count(), smaller, Blocks::rounded(bytes));
    }
  }
  return draft.write(0, draft.count(), block, node->bytes());
}

// Makes one of the children left and left + 1, if they are small and there is memory.
bool TreeEraser::join(InnerDraft& draft, std::uint32_t left, std::uint32_t height) {
  char* a = draft.child(left);
  char* b = draft.child(left + 1);
  char* one = height == 0 ? joined_leaves(reinterpret_cast<Leaf*>(a), reinterpret_cast<Leaf*>(b))
                          : joined_nodes(reinterpret_cast<Inner*>(a), reinterpret_cast<Inner*>(b),
                                         draft.separator(left + 1), height);
  if (one == nullptr) return false;
  draft.set(left, one, draft.below(left) + draft.below(left + 1));
  draft.remove(left + 1);
  return true;
}

char* TreeEraser::joined_leaves(Leaf* left, Leaf* right) {
  if (std::min(left->used(), right->used()) > kSmallLeaf) return nullptr;
  if (left->used() + right->used() > kJoinedLeaf + kSmallLeaf) return nullptr;
  const LeafSlice slices[] = {{left, 0, left->count()}, {right, 0, right->count()}};
  const Leaf::Plan plan(tree_.kind_, slices);
  if (plan.used() > kJoinedLeaf || !plan.fits()) return nullptr;
  const std::size_t size = Blocks::rounded(plan.used());
  char* block = supply_.take(size);
  if (block == nullptr) return nullptr;
  plan.write(slices, block, size);
  supply_.give(reinterpret_cast<char*>(left), left->capacity());
  supply_.give(reinterpret_cast<char*>(right), right->capacity());
  return block;
}

char* TreeEraser::joined_nodes(Inner* left, Inner* right, const TreeKey& separator,
                               std::uint32_t height) {
  const std::uint32_t most = Inner::most_children(tree_.kind_);
  const std::uint32_t children = left->count() + right->count();
  if (std::min(left->count(), right->count()) > most / 4 || children > most / 4 * 3) {
    return nullptr;
  }
  const std::size_t bytes = Inner::bytes_for(tree_.kind_, children);
  char* block = supply_.take(bytes);
  if (block == nullptr) return nullptr;
  InnerDraft draft(tree_.kind_);
  draft.append(*left);
  draft.append(*right);
  draft.set_separator(left->count(), separator);
  join(draft, left->count() - 1, height - 1);  // what has just become neighbours
  draft.write(0, draft.count(), block, Blocks::rounded(bytes));
  drop_node(left);
  drop_node(right);
  return block;
}

void Tree::erase(Blocks& blocks, std::uint32_t index, std::uint32_t count) {
  if (index >= size_ || count == 0) return;
  const std::uint32_t end = index + std::min(count, size_ - index);
  TreeEraser eraser(*this, blocks);
  if (eraser.erase_in_one_leaf(index, end - index)) {
    size_ -= end - index;
    return;
  }
  root_ = eraser.erase(root_, height_, size_, index, end);
  size_ -= end - index;
  if (root_ == nullptr) height_ = 0;
  while (height_ > 0) {
    auto* root = reinterpret_cast<Inner*>(root_);
    if (root->count() > 1) break;
    root_ = root->child(0);
    eraser.drop_node(root);
    --height_;
  }
}

bool Tree::release_some(Blocks& blocks, std::size_t bytes) {
  const std::size_t enough = bytes_ > bytes ? bytes_ - bytes : 0;
  TreeEraser eraser(*this, blocks);
  while (root_ != nullptr && bytes_ > enough) {
    Cursor last(*this);
    last.down_to_last(root_, 0);
    size_ -= last.leaf_->count();
    eraser.drop(reinterpret_cast<char*>(last.leaf_), 0);
    std::uint32_t level = height_;
    for (; level > 0; --level) {
      Inner* node = last.path_[level - 1].node;
      node->remove_last();
      if (node->count() > 0) break;
      eraser.drop_node(node);
    }
    if (level == 0) root_ = nullptr;
  }
  if (root_ == nullptr) height_ = 0;
  return root_ != nullptr;
}

}  // namespace arcus::daemon
