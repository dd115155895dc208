// Patterns of keys: `*` is any bytes, `?` is one, and `\` takes the meaning from the one of them, or
// from itself, that follows. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace arcus::daemon {

inline constexpr std::size_t kMostPattern = 64;
inline constexpr int kMostStars = 4;

// Within the limits, which keep matching cheap, and nothing else behind a `\`.
bool is_pattern(std::string_view pattern, std::size_t most = kMostPattern);
// Only for what is_pattern().
bool matches(std::string_view pattern, std::string_view text);

}  // namespace arcus::daemon
