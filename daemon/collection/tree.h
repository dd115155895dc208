// Tree: the one structure of all collections: a B+tree whose leaves are packed blocks and whose
// inner nodes count what is below them, so that an element is found by its key or by its index in
// O(log n). A list is one without keys, a b+tree one with the keys that the client gave, a set or a
// map one whose keys are hashes, which may occur more than once.
//
// All memory comes from Blocks. A small tree is one block, no larger than what is in it. Needs the
// lock of the shard that owns it; a Cursor and the views it gives are of use until the tree is
// changed in any other way than the call that returned it says.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/memory/blocks.h"

namespace arcus::daemon {

enum class KeyKind : std::uint8_t {
  kNone,    // a list
  kNumber,  // 64 bits: b+trees, and the hashes of sets and maps
  kBytes,   // 1 to 31 bytes, in the order of memcmp, the shorter first: b+trees
};

struct TreeKey {
  std::uint64_t number = 0;
  std::string_view bytes;
};

struct Element {
  TreeKey key;
  std::string_view tag;    // to 255 bytes: a b+tree's eflag, a map's field
  std::string_view value;  // to 32 KB and a little
};

class Tree {
 public:
  static constexpr std::size_t kMostKey = 31;
  static constexpr std::size_t kMostTag = 255;

  explicit Tree(KeyKind kind) : kind_(kind) {}
  Tree(const Tree&) = delete;

  KeyKind kind() const { return kind_; }
  // Only while it is empty.
  void set_kind(KeyKind kind) { kind_ = kind; }
  std::uint32_t size() const { return size_; }
  // What its blocks take.
  std::size_t bytes() const { return bytes_; }

  // Where an element is, or the end: then it is false.
  //   explicit operator bool() const;  Element element() const;  std::uint32_t index() const;
  //   void next();  void prev();   (from the last to the end; from the first to the end)
  class Cursor {
   public:
    explicit operator bool() const { return tree_ && at_ < tree_->size(); }
    Element element() const;
    std::uint32_t index() const { return static_cast<std::uint32_t>(at_); }
    void next() { ++at_; }
    void prev() { at_ = at_ == 0 ? tree_->size() : at_ - 1; }

   private:
    friend class Tree;
    Cursor(const Tree* tree, std::size_t at) : tree_(tree), at_(at) {}
    const Tree* tree_;
    std::size_t at_;
  };

  Cursor begin() const;
  Cursor end() const;
  // The element of that index; the end where there is none.
  Cursor at(std::uint32_t index) const;
  // The first element whose key is not less, or whose key is greater.
  Cursor lower_bound(const TreeKey& key) const;
  Cursor upper_bound(const TreeKey& key) const;

  // What a change may need of the Blocks, at most: to be prepared beforehand.
  static std::size_t room_for(std::size_t tag_size, std::size_t value_size);

  // Puts an element before the cursor, which must be where its key belongs; returns where it is.
  // False-like (the end) only when the machine has no memory; nothing has changed then.
  Cursor insert(Blocks& blocks, const Cursor& before, const Element& element);
  // Another tag and value for the element there, under the same key.
  Cursor replace(Blocks& blocks, const Cursor& at, std::string_view tag, std::string_view value);
  // Takes away `count` elements from `index` on; whole leaves at once.
  void erase(Blocks& blocks, std::uint32_t index, std::uint32_t count);

  // Takes away everything, some blocks a call, until about `bytes` have been given back; whether
  // there is more. In between it must not be used for anything else.
  bool release_some(Blocks& blocks, std::size_t bytes);

 private:
  struct Plain {
    std::uint64_t number;
    std::string bytes, tag, value;
  };
  int compare(const Plain& plain, const TreeKey& key) const;
  std::vector<Plain> all_;
  KeyKind kind_;
  std::uint32_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace arcus::daemon
