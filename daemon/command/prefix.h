// Prefixes of keys: what stands before the first delimiter (-D), a name space to count and to flush
// by. A prefix may be part of another: `a:b` of `a`. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace arcus::daemon {

inline constexpr std::size_t kMostPrefix = 250;
// How commands name the keys that have no prefix.
inline constexpr std::string_view kNullPrefix = "<null>";

// The outermost prefix, or an empty one. A key may begin with a delimiter that ends no prefix.
inline std::string_view prefix_of(std::string_view key, char delimiter) {
  const std::size_t end = key.find(delimiter, 1);
  return end == std::string_view::npos || end > kMostPrefix ? std::string_view()
                                                            : key.substr(0, end);
}

// Whether the key belongs to that prefix, or to one within it. Empty: to none.
inline bool in_prefix(std::string_view key, std::string_view prefix, char delimiter) {
  if (prefix.empty()) return prefix_of(key, delimiter).empty();
  return key.size() > prefix.size() && key[prefix.size()] == delimiter && key.starts_with(prefix);
}

// What a command's word means.
inline std::string_view named_prefix(std::string_view word) {
  return word == kNullPrefix ? std::string_view() : word;
}

}  // namespace arcus::daemon
