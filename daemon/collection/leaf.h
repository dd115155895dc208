// Leaf: up to 128 elements in one block, packed: keys only as wide as their differences need, sizes
// only where they differ, and then the elements' bytes, one behind the other. What does not
// fit as it is, is written anew from slices of other leaves: an insertion is what was before, a
// leaf of one element, and what was behind.
//
// A view over a Tree's block; owns nothing. daemon/README.md shows the bytes.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "daemon/collection/element.h"

namespace arcus::daemon {

class Leaf;

// Elements [from, to) of a leaf.
struct LeafSlice {
  const Leaf* leaf = nullptr;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t size() const { return to - from; }
};

class Leaf {
 public:
  // A leaf is split when it would be larger than this, or hold more elements.
  static constexpr std::size_t kFull = 1024;
  static constexpr std::uint32_t kMostElements = 128;
  // One long key makes room for all keys wider, so fewer elements may be caught by it.
  static constexpr std::uint32_t kMostBytesElements = 48;
  // Halves of what is split are never larger, however its elements' sizes are spread: what is split
  // is at most such a leaf as a split makes (1.8 KB), one element (0.6 KB) and keys that become 31
  // bytes wider (1.5 KB), and a half is an element more than half of it.
  static constexpr std::size_t kMostBytes = 2720;
  // Larger values have a block of their own; the leaf holds where it is and its size.
  static constexpr std::size_t kMostInline = 254;
  static constexpr std::size_t kPointer = sizeof(char*) + sizeof(std::uint16_t);
  // Of a leaf with one element.
  static constexpr std::size_t kMostSingle = 8 + 31 + 255 + kMostInline;

  static constexpr std::uint32_t most_elements(KeyKind kind) {
    return kind == KeyKind::kBytes ? kMostBytesElements : kMostElements;
  }

  std::uint32_t count() const { return count_; }
  std::size_t used() const { return used_; }
  std::size_t capacity() const { return std::size_t{units_} * 16; }
  KeyKind kind() const { return static_cast<KeyKind>(shape_ & kKindBits); }
  bool has_external() const { return (shape_ & kExternal) != 0; }

  // About: what the keys will take is not looked at.
  bool has_room_for(const Leaf& single) const {
    return used() + single.used() <= kFull && count_ < most_elements(kind());
  }

  TreeKey key(std::uint32_t i) const;
  // The first element whose key is not less, or is greater.
  std::uint32_t lower_bound(const TreeKey& key) const;
  std::uint32_t upper_bound(const TreeKey& key) const;

  std::size_t tag_size(std::uint32_t i) const {
    return (shape_ & kTagsVary) == 0 ? tag_size_ : byte(tags() + i);
  }
  bool is_external(std::uint32_t i) const { return value_code(i) == kExternalCode; }
  // Bytes of element i, and of all elements before it.
  std::size_t stored_size(std::uint32_t i) const { return tag_size(i) + stored(value_code(i)); }
  std::size_t offset(std::uint32_t i) const;
  // `offset` is that of i.
  Element element(std::uint32_t i, std::size_t offset) const;
  // The block with the value of i, which is_external().
  std::string_view external(std::uint32_t i, std::size_t offset) const;

  // Puts `single`, a leaf of one element, before i if that changes nothing but to move what is
  // behind it: neither the block nor the width of keys nor which sizes are written down.
  bool insert(std::uint32_t i, const Leaf& single);
  // Takes [from, to) out; what is left is written as before. The caller has seen to values outside.
  void erase(std::uint32_t from, std::uint32_t to);
  // Bytes of this leaf without [from, to), written as before.
  std::size_t used_without(std::uint32_t from, std::uint32_t to) const;
  // Puts the bytes of `single`, a leaf of one element as large as i, in the place of those of i;
  // false when they are not, or when a block of its own is involved.
  bool overwrite(std::uint32_t i, std::size_t offset, const Leaf& single);

  // Writes a leaf of one element; a value above kMostInline lies at `external` already.
  static const Leaf* single(char* to, KeyKind kind, const Element& element, const char* external);

  // What a leaf of all these elements is like, and its bytes.
  class Plan {
   public:
    Plan(KeyKind kind, std::span<const LeafSlice> slices);
    std::size_t used() const { return used_; }
    std::uint32_t count() const { return count_; }
    bool fits() const { return used_ <= kFull && count_ <= most_elements(kind_); }
    // To a block of that capacity, which holds none of the slices.
    Leaf* write(std::span<const LeafSlice> slices, char* to, std::size_t capacity) const;

   private:
    void look_at_numbers(std::span<const LeafSlice> slices);
    void look_at_keys(std::span<const LeafSlice> slices);
    void look_at_sizes(const LeafSlice& slice, bool first);
    char* write_keys(const LeafSlice& slice, char* to) const;
    static char* write_sizes(const LeafSlice& slice, std::uint8_t which, char* to);

    KeyKind kind_;
    std::uint8_t shape_ = 0;
    std::uint8_t key_width_ = 0;
    std::uint8_t value_code_ = 0;
    std::uint8_t tag_size_ = 0;
    std::uint32_t count_ = 0;
    std::uint64_t base_ = 0;
    std::size_t used_ = 0;
  };

 private:
  // shape_: two bits of kind, and
  static constexpr std::uint8_t kKindBits = 3;
  static constexpr std::uint8_t kKeysVary = 4;  // in length; the length is each key's last byte
  static constexpr std::uint8_t kValuesVary = 8;
  static constexpr std::uint8_t kTagsVary = 16;
  static constexpr std::uint8_t kExternal = 32;
  static constexpr std::uint8_t kExternalCode = 255;
  static constexpr std::size_t kMostSlot = 32;  // 31 bytes and their length

  static std::size_t stored(std::size_t code) { return code == kExternalCode ? kPointer : code; }
  static std::size_t byte(const char* at) { return static_cast<unsigned char>(*at); }

  const char* base() const { return reinterpret_cast<const char*>(this + 1); }
  // A key of all eight bytes needs no base.
  static std::size_t base_size(KeyKind kind, std::size_t key_width) {
    return kind == KeyKind::kNumber && key_width < 8 ? 8 : 0;
  }
  std::uint64_t base_number() const {
    std::uint64_t number = 0;
    if (key_width_ < 8) std::memcpy(&number, base(), sizeof number);
    return number;
  }
  std::size_t slot() const { return key_width_ + ((shape_ & kKeysVary) != 0 ? 1U : 0U); }
  const char* keys() const { return base() + base_size(kind(), key_width_); }
  const char* values() const { return keys() + count_ * slot(); }
  const char* tags() const { return values() + ((shape_ & kValuesVary) != 0 ? count_ : 0); }
  const char* payload() const { return tags() + ((shape_ & kTagsVary) != 0 ? count_ : 0); }
  std::size_t value_code(std::uint32_t i) const {
    return (shape_ & kValuesVary) == 0 ? value_code_ : byte(values() + i);
  }

  // The key less the base. Reads the eight bytes that end with it: the header is before the first.
  std::uint64_t number_above(const char* keys, std::uint32_t i) const {
    if (key_width_ == 0) return 0;
    std::uint64_t number;
    std::memcpy(&number, keys + (i + std::size_t{1}) * key_width_ - sizeof number, sizeof number);
    return number >> (64 - 8 * key_width_);
  }
  std::string_view bytes_key(std::uint32_t i) const {
    const char* at = keys() + i * slot();
    return {at, (shape_ & kKeysVary) == 0 ? key_width_ : byte(at + key_width_)};
  }
  // Bytes of an element beside its tag and value.
  std::size_t beside() const {
    return slot() + ((shape_ & kValuesVary) != 0 ? 1U : 0U) + ((shape_ & kTagsVary) != 0 ? 1U : 0U);
  }
  bool can_take(const Leaf& single) const;
  template <bool or_equal>
  std::uint32_t bound(const TreeKey& key) const;

  std::uint16_t used_;  // bytes, with this header
  std::uint8_t units_;  // what the block has room for, in 16 bytes
  std::uint8_t count_;
  std::uint8_t shape_;
  std::uint8_t key_width_;   // bytes of a key, without its length
  std::uint8_t value_code_;  // of all values, unless they vary: the size, or kExternalCode
  std::uint8_t tag_size_;    // of all tags, unless they vary
};
static_assert(sizeof(Leaf) == 8);
static_assert(std::endian::native == std::endian::little);

// The sum of `count` bytes.
inline std::size_t sum_of_bytes(const char* bytes, std::uint32_t count) {
  constexpr std::uint64_t kEven = 0x00ff00ff00ff00ff;
  std::uint64_t lanes = 0;  // four sums of 16 bits: enough for 128 times 2 x 255
  std::uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes + i, sizeof eight);
    lanes += (eight & kEven) + ((eight >> 8) & kEven);
  }
  std::size_t sum =
      ((lanes & 0x0000ffff0000ffff) + ((lanes >> 16) & 0x0000ffff0000ffff)) * 0x0000000100000001 >>
      32;
  for (; i < count; ++i) sum += static_cast<unsigned char>(bytes[i]);
  return sum;
}

}  // namespace arcus::daemon
