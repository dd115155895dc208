#include "daemon/collection/inner.h"

#include <cassert>
#include <numeric>

namespace arcus::daemon {
namespace {

constexpr std::size_t kLength = 31;  // where a separator of bytes has its length

TreeKey read_separator(KeyKind kind, const char* separators, std::uint32_t i) {
  TreeKey key;
  if (kind == KeyKind::kNumber) {
    std::memcpy(&key.number, separators + i * sizeof key.number, sizeof key.number);
  } else if (kind == KeyKind::kBytes) {
    const char* at = separators + i * std::size_t{32};
    key.bytes = {at, static_cast<unsigned char>(at[kLength])};
  }
  return key;
}

void write_separator(KeyKind kind, char* separators, std::uint32_t i, const TreeKey& key) {
  if (kind == KeyKind::kNumber) {
    std::memcpy(separators + i * sizeof key.number, &key.number, sizeof key.number);
  } else if (kind == KeyKind::kBytes) {
    char* at = separators + i * std::size_t{32};
    std::memset(at, 0, 32);
    if (!key.bytes.empty()) std::memcpy(at, key.bytes.data(), key.bytes.size());
    at[kLength] = static_cast<char>(key.bytes.size());
  }
}

}  // namespace

std::uint32_t Inner::before(std::uint32_t i) const {
  // Two at a time: neither half can be more than all elements of the tree.
  const std::uint32_t* all = counts();
  std::uint64_t pairs = 0;
  for (std::uint32_t at = 0; at + 2 <= i; at += 2) {
    std::uint64_t pair;
    std::memcpy(&pair, all + at, sizeof pair);
    pairs += pair;
  }
  const auto sum = static_cast<std::uint32_t>(pairs + (pairs >> 32));
  return i % 2 == 0 ? sum : sum + all[i - 1];
}

TreeKey Inner::separator(std::uint32_t i) const {
  return read_separator(kind_, separators(), i);
}

void Inner::set_separator(std::uint32_t i, const TreeKey& separator) {
  write_separator(kind_, separators(), i, separator);
}

template <bool or_equal>
std::uint32_t Inner::child_for(const TreeKey& key) const {
  std::uint32_t first = 0;  // of the children from the second on
  std::uint32_t length = count_ - 1U;
  if (kind_ == KeyKind::kBytes) {
    while (length > 0) {
      const std::uint32_t half = length / 2;
      const std::string_view middle = separator(first + half + 1).bytes;
      const bool after = or_equal ? middle <= key.bytes : middle < key.bytes;
      first = after ? first + half + 1 : first;
      length = after ? length - half - 1 : half;
    }
    return first;
  }
  const auto after = [this, &key](std::uint32_t i) {
    std::uint64_t number;
    std::memcpy(&number, separators() + (i + 1) * sizeof number, sizeof number);
    return or_equal ? number <= key.number : number < key.number;
  };
  while (length > 1) {
    const std::uint32_t half = length / 2;
    first += after(first + half - 1) ? half : 0;
    length -= half;
  }
  return length == 1 && after(first) ? first + 1 : first;
}

std::uint32_t Inner::child_for_lower(const TreeKey& key) const {
  return child_for<false>(key);
}

std::uint32_t Inner::child_for_upper(const TreeKey& key) const {
  return child_for<true>(key);
}

std::uint32_t Inner::child_at(std::uint32_t& index) const {
  std::uint32_t i = 0;
  for (const std::uint32_t* below = counts(); index >= below[i]; ++i) index -= below[i];
  return i;
}

std::uint32_t InnerDraft::below(std::uint32_t from, std::uint32_t to) const {
  return std::accumulate(below_.begin() + from, below_.begin() + to, std::uint32_t{0});
}

TreeKey InnerDraft::separator(std::uint32_t i) const {
  return read_separator(kind_, separators_.data(), i);
}

void InnerDraft::append(const Inner& node) {
  assert(count_ + node.count() <= kMost);
  const std::size_t size = Inner::separator_size(kind_);
  std::memcpy(separators_.data() + count_ * size, node.separators(), node.count() * size);
  std::memcpy(children_.data() + count_, node.children(), node.count() * sizeof(char*));
  std::memcpy(below_.data() + count_, node.counts(), node.count() * sizeof(std::uint32_t));
  count_ += node.count();
}

void InnerDraft::set_separator(std::uint32_t i, const TreeKey& separator) {
  write_separator(kind_, separators_.data(), i, separator);
}

void InnerDraft::set(std::uint32_t i, char* child, std::uint32_t below) {
  children_[i] = child;
  below_[i] = below;
}

void InnerDraft::insert(std::uint32_t i, const TreeKey& separator, char* child,
                        std::uint32_t below) {
  assert(count_ < kMost);
  const std::size_t size = Inner::separator_size(kind_);
  const std::size_t behind = count_ - i;
  char* at = separators_.data() + i * size;
  std::memmove(at + size, at, behind * size);
  std::memmove(&children_[i] + 1, &children_[i], behind * sizeof(char*));
  std::memmove(&below_[i] + 1, &below_[i], behind * sizeof(std::uint32_t));
  ++count_;
  set_separator(i, separator);
  set(i, child, below);
}

void InnerDraft::remove(std::uint32_t i) {
  --count_;
  const std::size_t size = Inner::separator_size(kind_);
  const std::size_t behind = count_ - i;
  char* at = separators_.data() + i * size;
  std::memmove(at, at + size, behind * size);
  std::memmove(&children_[i], &children_[i] + 1, behind * sizeof(char*));
  std::memmove(&below_[i], &below_[i] + 1, behind * sizeof(std::uint32_t));
}

char* InnerDraft::write(std::uint32_t from, std::uint32_t to, char* block,
                        std::size_t bytes) const {
  auto* node = reinterpret_cast<Inner*>(block);
  const std::uint32_t count = to - from;
  node->count_ = static_cast<std::uint8_t>(count);
  node->room_ = static_cast<std::uint8_t>(Inner::room_in(kind_, bytes));
  node->kind_ = kind_;
  assert(count <= node->room_);
  const std::size_t size = Inner::separator_size(kind_);
  std::memcpy(node->separators(), separators_.data() + from * size, count * size);
  std::memcpy(node->children(), children_.data() + from, count * sizeof(char*));
  std::memcpy(node->counts(), below_.data() + from, count * sizeof(std::uint32_t));
  return block;
}

}  // namespace arcus::daemon
