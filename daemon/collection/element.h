// What a tree is made of: elements and their keys, as plain values and views.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

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

inline bool less(KeyKind kind, const TreeKey& a, const TreeKey& b) {
  return kind == KeyKind::kBytes ? a.bytes < b.bytes : a.number < b.number;
}

}  // namespace arcus::daemon
