// Bkey: the key of a b+tree's element as a client gives it: a number of 64 bits, or 1 to 31 bytes.
// All of one tree are of one kind.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/collection/tree.h"

namespace arcus::daemon {

class Bkey {
 public:
  static constexpr std::size_t kMost = Tree::kMostKey;

  Bkey() = default;
  explicit Bkey(std::uint64_t number) : number_(number) {}
  explicit Bkey(std::string_view bytes);  // 1 to kMost of them
  explicit Bkey(const TreeKey& key);

  KeyKind kind() const { return size_ == 0 ? KeyKind::kNumber : KeyKind::kBytes; }
  std::uint64_t number() const { return number_; }
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
  }
  TreeKey key() const { return {number_, bytes()}; }

  // Of the same kind.
  friend std::strong_ordering operator<=>(const Bkey& a, const Bkey& b);
  friend bool operator==(const Bkey& a, const Bkey& b) { return (a <=> b) == 0; }

  // a - b: for bytes, the first `size` of both (with zeros where they end) as one number, the first
  // byte the highest.
  static Bkey difference(const Bkey& a, const Bkey& b, std::size_t size);
  // One less; 0 becomes the highest.
  Bkey predecessor() const;
  // Of the difference() to another: how many bytes. 0 for a number.
  std::size_t size() const { return size_; }

 private:
  std::uint64_t number_ = 0;
  std::uint8_t size_ = 0;  // 0: a number
  std::array<unsigned char, kMost> bytes_{};
};

// Empty: no bound.
using MaxBkeyRange = std::optional<Bkey>;

}  // namespace arcus::daemon
