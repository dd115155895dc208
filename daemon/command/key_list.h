// Keys that follow a command's line as a body, for mget and for the b+tree commands over many keys:
// so many of them, in so many bytes, with a blank between two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/protocol/request.h"

namespace arcus::daemon {

inline constexpr std::uint32_t kMostListedKeys = 10'000;

// Whether a body of that size can hold so many keys.
inline bool key_list_fits(std::size_t size, std::size_t count) {
  return count <= size / 2 + 1 && size <= count * kMaxKey + count - 1;
}

// Whether these are so many keys with that between two of them, none empty or too long.
bool is_key_list(std::string_view text, std::size_t count, char separator);

}  // namespace arcus::daemon
