#include "daemon/collection/tree.h"

#include <algorithm>

namespace arcus::daemon {

int Tree::compare(const Plain& plain, const TreeKey& key) const {
  if (kind_ == KeyKind::kBytes) return plain.bytes.compare(key.bytes);
  return plain.number < key.number ? -1 : plain.number > key.number;
}
Element Tree::Cursor::element() const {
  const Plain& plain = tree_->all_[at_];
  return {{plain.number, plain.bytes}, plain.tag, plain.value};
}
Tree::Cursor Tree::begin() const { return {this, 0}; }
Tree::Cursor Tree::end() const { return {this, size_}; }
Tree::Cursor Tree::at(std::uint32_t index) const { return {this, std::min(index, size_)}; }
Tree::Cursor Tree::lower_bound(const TreeKey& key) const {
  std::size_t at = 0;
  while (at < all_.size() && compare(all_[at], key) < 0) ++at;
  return {this, at};
}
Tree::Cursor Tree::upper_bound(const TreeKey& key) const {
  std::size_t at = 0;
  while (at < all_.size() && compare(all_[at], key) <= 0) ++at;
  return {this, at};
}
std::size_t Tree::room_for(std::size_t tag_size, std::size_t value_size) {
  return 4096 + tag_size + value_size;
}
Tree::Cursor Tree::insert(Blocks&, const Cursor& before, const Element& element) {
  all_.insert(all_.begin() + static_cast<std::ptrdiff_t>(before.at_),
              {element.key.number, std::string(element.key.bytes), std::string(element.tag),
               std::string(element.value)});
  ++size_;
  bytes_ += element.value.size() + element.tag.size() + 16;
  return {this, before.at_};
}
Tree::Cursor Tree::replace(Blocks&, const Cursor& at, std::string_view tag,
                           std::string_view value) {
  Plain& plain = all_[at.at_];
  bytes_ += tag.size() + value.size() - plain.tag.size() - plain.value.size();
  plain.tag = std::string(tag);
  plain.value = std::string(value);
  return at;
}
void Tree::erase(Blocks&, std::uint32_t index, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Plain& plain = all_[index];
    bytes_ -= plain.value.size() + plain.tag.size() + 16;
    all_.erase(all_.begin() + index);
    --size_;
  }
}
bool Tree::release_some(Blocks& blocks, std::size_t) {
  erase(blocks, 0, size_);
  return false;
}

}  // namespace arcus::daemon
