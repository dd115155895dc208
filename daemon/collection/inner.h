// Inner: a node above the leaves: children, how many elements are below each, and each one's
// separator: no key in it is less, no key before it is greater. The first child's separator is not
// looked at. InnerDraft: one taken apart, to become another or two.
//
// A view over a Tree's block; owns nothing. daemon/README.md shows the bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "daemon/collection/element.h"

namespace arcus::daemon {

class alignas(8) Inner {
 public:
  static constexpr std::uint32_t kMostChildren = 64;
  // With 31 bytes and their length as separators, what fits into 2 KB.
  static constexpr std::uint32_t most_children(KeyKind kind) {
    return kind == KeyKind::kBytes ? 46 : kMostChildren;
  }
  static constexpr std::size_t bytes_for(KeyKind kind, std::uint32_t children) {
    return sizeof(Inner) + children * bytes_a_child(kind);
  }
  // Children that so many bytes have room for.
  static std::uint32_t room_in(KeyKind kind, std::size_t bytes) {
    const std::size_t room = (bytes - sizeof(Inner)) / bytes_a_child(kind);
    return std::min(static_cast<std::uint32_t>(room), most_children(kind));
  }
  std::size_t bytes() const { return bytes_for(kind_, room_); }
  std::uint32_t count() const { return count_; }
  std::uint32_t room() const { return room_; }

  char* child(std::uint32_t i) const { return children()[i]; }
  void set_child(std::uint32_t i, char* child) { children()[i] = child; }
  // Elements below child i, and below those before it.
  std::uint32_t below(std::uint32_t i) const { return counts()[i]; }
  std::uint32_t before(std::uint32_t i) const;
  void set_below(std::uint32_t i, std::uint32_t elements) { counts()[i] = elements; }
  TreeKey separator(std::uint32_t i) const;
  void set_separator(std::uint32_t i, const TreeKey& separator);
  void remove_last() { --count_; }

  // The child where the first element that is not less, or is greater, may be; if it is not, it is
  // the first of the next one.
  std::uint32_t child_for_lower(const TreeKey& key) const;
  std::uint32_t child_for_upper(const TreeKey& key) const;
  // The child with the element of that index, which becomes the index among that child's own.
  std::uint32_t child_at(std::uint32_t& index) const;

 private:
  friend class InnerDraft;

  static constexpr std::size_t separator_size(KeyKind kind) {
    return kind == KeyKind::kNone ? 0 : kind == KeyKind::kNumber ? 8 : 32;
  }
  static constexpr std::size_t bytes_a_child(KeyKind kind) {
    return separator_size(kind) + sizeof(char*) + sizeof(std::uint32_t);
  }
  const char* separators() const { return reinterpret_cast<const char*>(this + 1); }
  char* separators() { return reinterpret_cast<char*>(this + 1); }
  char* const* children() const {
    return reinterpret_cast<char* const*>(separators() + room_ * separator_size(kind_));
  }
  char** children() { return const_cast<char**>(std::as_const(*this).children()); }
  const std::uint32_t* counts() const {
    return reinterpret_cast<const std::uint32_t*>(children() + room_);
  }
  std::uint32_t* counts() { return const_cast<std::uint32_t*>(std::as_const(*this).counts()); }
  template <bool or_equal>
  std::uint32_t child_for(const TreeKey& key) const;

  std::uint8_t count_;
  std::uint8_t room_;
  KeyKind kind_;
};
static_assert(sizeof(Inner) == 8);

class InnerDraft {
 public:
  explicit InnerDraft(KeyKind kind) : kind_(kind) {}

  std::uint32_t count() const { return count_; }
  // How many of so many children stay with the left one of two nodes when a child became two.
  static std::uint32_t split_at(std::uint32_t index, std::uint32_t children) {
    return index + 2 == children ? children - 1 : index == 0 ? 1 : children / 2;
  }
  std::uint32_t below(std::uint32_t i) const { return below_[i]; }
  std::uint32_t below(std::uint32_t from, std::uint32_t to) const;
  TreeKey separator(std::uint32_t i) const;
  char* child(std::uint32_t i) const { return children_[i]; }

  void append(const Inner& node);
  void set_separator(std::uint32_t i, const TreeKey& separator);
  void set(std::uint32_t i, char* child, std::uint32_t below);
  void insert(std::uint32_t i, const TreeKey& separator, char* child, std::uint32_t below);
  void remove(std::uint32_t i);
  // Makes [from, to) a node, in a block of that many bytes.
  char* write(std::uint32_t from, std::uint32_t to, char* block, std::size_t bytes) const;

 private:
  static constexpr std::size_t kMost = Inner::kMostChildren + 1;

  const KeyKind kind_;
  std::uint32_t count_ = 0;
  std::array<char*, kMost> children_;
  std::array<std::uint32_t, kMost> below_;
  std::array<char, kMost * 32> separators_;
};

}  // namespace arcus::daemon
