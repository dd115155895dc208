#include "daemon/collection/cursor.h"

#include "daemon/collection/tree.h"

namespace arcus::daemon {

std::uint32_t TreeCursor::index() const {
  if (leaf_ == nullptr) return tree_->size();
  std::uint32_t index = position_;
  for (std::uint32_t level = 0; level < tree_->height_; ++level) {
    index += path_[level].node->before(path_[level].index);
  }
  return index;
}

void TreeCursor::down_to_first(char* node, std::uint32_t level) {
  for (; level < tree_->height_; ++level) {
    path_[level] = {reinterpret_cast<Inner*>(node), 0};
    node = path_[level].node->child(0);
  }
  leaf_ = reinterpret_cast<Leaf*>(node);
  position_ = 0;
  offset_ = 0;
}

void TreeCursor::down_to_last(char* node, std::uint32_t level) {
  for (; level < tree_->height_; ++level) {
    auto* inner = reinterpret_cast<Inner*>(node);
    path_[level] = {inner, inner->count() - 1};
    node = inner->child(inner->count() - 1);
  }
  leaf_ = reinterpret_cast<Leaf*>(node);
  position_ = leaf_->count() - 1;
  offset_ = static_cast<std::uint32_t>(leaf_->offset(position_));
}

void TreeCursor::next() {
  if (leaf_ == nullptr) {
    if (tree_->root_ != nullptr) down_to_first(tree_->root_, 0);
    return;
  }
  if (position_ + 1 < leaf_->count()) {
    offset_ += static_cast<std::uint32_t>(leaf_->stored_size(position_));
    ++position_;
    return;
  }
  for (std::uint32_t level = tree_->height_; level-- > 0;) {
    Step& step = path_[level];
    if (step.index + 1 == step.node->count()) continue;
    ++step.index;
    down_to_first(step.node->child(step.index), level + 1);
    return;
  }
  leaf_ = nullptr;
}

void TreeCursor::prev() {
  if (leaf_ == nullptr) {
    if (tree_->root_ != nullptr) down_to_last(tree_->root_, 0);
    return;
  }
  if (position_ > 0) {
    --position_;
    offset_ -= static_cast<std::uint32_t>(leaf_->stored_size(position_));
    return;
  }
  for (std::uint32_t level = tree_->height_; level-- > 0;) {
    Step& step = path_[level];
    if (step.index == 0) continue;
    --step.index;
    down_to_last(step.node->child(step.index), level + 1);
    return;
  }
  leaf_ = nullptr;
}

}  // namespace arcus::daemon
