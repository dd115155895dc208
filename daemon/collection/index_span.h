// IndexSpan: elements that lie side by side in a tree, in the order that a client asked for.
#pragma once

#include <cstdint>

namespace arcus::daemon {

struct IndexSpan {
  std::uint32_t first = 0;  // where it begins; where it goes backward, the highest index
  std::uint32_t count = 0;
  bool forward = true;
  std::uint32_t index(std::uint32_t number) const {
    return forward ? first + number : first - number;
  }
  // The lowest of its indexes.
  std::uint32_t lowest() const { return forward ? first : first - count + 1; }
  // Of those, the ones from number `offset` on, at most so many (0: all).
  IndexSpan part(std::uint32_t offset, std::uint32_t most) const {
    if (offset >= count) return {first, 0, forward};
    const std::uint32_t rest = count - offset;
    return {index(offset), most == 0 || most > rest ? rest : most,
            forward};
  }
};

}  // namespace arcus::daemon
