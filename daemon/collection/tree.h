// Tree: the one structure of all collections: a B+tree whose leaves are packed blocks and whose
// inner nodes count what is below them, so that an element is found by its key or by its index in
// O(log n). A list is one without keys, a b+tree one with the keys that the client gave, a set or a
// map one whose keys are hashes, which may occur more than once.
//
// All memory comes from Blocks. A small tree is one block, no larger than what is in it. Needs the
// lock of the shard that owns it; a Cursor and the views it gives are of use until the tree is
// changed in any other way than the call that returned it says. Whoever lets it go has erased or
// released everything before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/collection/cursor.h"
#include "daemon/collection/element.h"
#include "daemon/collection/inner.h"
#include "daemon/collection/leaf.h"
#include "daemon/collection/supply.h"
#include "daemon/memory/blocks.h"

namespace arcus::daemon {

class Tree {
 public:
  static constexpr std::size_t kMostKey = 31;
  static constexpr std::size_t kMostTag = 255;
  static constexpr std::size_t kMostValue = 65535;

  using Cursor = TreeCursor;

  explicit Tree(KeyKind kind) : kind_(kind) {}
  Tree(const Tree&) = delete;

  KeyKind kind() const { return kind_; }
  // Of a tree without elements.
  void set_kind(KeyKind kind) { kind_ = kind; }
  std::uint32_t size() const { return size_; }
  // What its blocks take.
  std::size_t bytes() const { return bytes_; }

  Cursor begin() const { return at(0); }
  Cursor end() const { return Cursor(*this); }
  // The element of that index; the end where there is none.
  Cursor at(std::uint32_t index) const;
  // The first element whose key is not less, or whose key is greater.
  Cursor lower_bound(const TreeKey& key) const;
  Cursor upper_bound(const TreeKey& key) const;

  // What a change may need of the Blocks, at most: to be prepared beforehand.
  static std::size_t room_for(std::size_t tag_size, std::size_t value_size);

  // Puts an element before the cursor, which must be where its key belongs; returns where it is.
  // False-like (the end) only when the machine has no memory; nothing has changed then. What is put
  // in may be part of the tree itself.
  Cursor insert(Blocks& blocks, const Cursor& before, const Element& element);
  // Another tag and value for the element there, under the same key.
  Cursor replace(Blocks& blocks, const Cursor& at, std::string_view tag, std::string_view value);
  // Takes away `count` elements from `index` on; whole leaves at once.
  void erase(Blocks& blocks, std::uint32_t index, std::uint32_t count);

  // Takes away everything, some blocks a call, until about `bytes` have been given back; whether
  // there is more. In between it must not be used for anything else.
  bool release_some(Blocks& blocks, std::size_t bytes);

 private:
  friend class TreeCursor;
  friend class TreeEraser;
  friend class TreeCheck;  // of the tests

  // A node that has become two.
  struct Split {
    char* left;
    std::uint32_t left_count;  // elements
    char* right;
    std::uint32_t right_count;
    TreeKey separator;
  };

  template <bool or_equal>
  Cursor bound(const TreeKey& key) const;
  Cursor where(const Cursor& before, const Leaf& single);
  bool rewrite(Supply& supply, Cursor& place, std::span<const LeafSlice, 3> slices,
               std::uint32_t added);
  bool split(Supply& supply, Cursor& place, std::span<const LeafSlice, 3> slices,
             std::uint32_t added);
  bool add_nodes(Supply& supply, const Cursor& place) const;
  void grow(Supply& supply, Cursor& place, Split split, std::uint32_t added);
  void point_to(Cursor& place, std::uint32_t level, char* node);
  // Tells the nodes of so many levels, from the root, that there are more elements or fewer.
  static void count(Cursor& place, std::uint32_t levels, std::int64_t more);

  KeyKind kind_;
  std::uint8_t height_ = 0;  // levels above the leaves
  std::uint32_t size_ = 0;
  std::size_t bytes_ = 0;
  char* root_ = nullptr;
};

}  // namespace arcus::daemon
