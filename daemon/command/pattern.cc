#include "daemon/command/pattern.h"

namespace arcus::daemon {

bool is_pattern(std::string_view pattern, std::size_t most) {
  if (pattern.empty() || pattern.size() > most) return false;
  int stars = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*' && ++stars > kMostStars) return false;
    if (pattern[i] != '\\') continue;
    if (++i == pattern.size()) return false;
    if (pattern[i] != '*' && pattern[i] != '?' && pattern[i] != '\\') return false;
  }
  return true;
}

// Where they part, the last star takes one byte more; earlier ones need not be tried again.
bool matches(std::string_view pattern, std::string_view text) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = kNone;
  std::size_t starred = 0;  // up to there the star reaches
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      starred = t;
      continue;
    }
    const bool literal = p < pattern.size() && pattern[p] == '\\';
    const std::size_t at = literal ? p + 1 : p;
    if (at < pattern.size() && ((pattern[at] == '?' && !literal) || pattern[at] == text[t])) {
      p = at + 1;
      ++t;
      continue;
    }
    if (after_star == kNone) return false;
    p = after_star;
    t = ++starred;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace arcus::daemon
