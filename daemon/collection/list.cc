#include "daemon/collection/list.h"

#include <algorithm>

namespace arcus::daemon {
namespace {

// Makes room for one that is going to be at `index`, which may change with it.
void trim(Collection& list, Blocks& blocks, std::int64_t& index) {
  const std::uint32_t last = list.size() - 1;
  // What is put at one end takes the place of what is at the other.
  if (index == 0 || index == -1) {
    list.tree.erase(blocks, index == 0 ? last : 0, 1);
    return;
  }
  const bool head = list.options.overflow == Overflow::kHeadTrim;
  list.tree.erase(blocks, head ? 0 : last, 1);
  if (head && index > 0) --index;
  if (!head && index < 0) ++index;
}

}  // namespace

CollectionResult list_insert(Collection& list, Blocks& blocks, std::int64_t index,
                             std::string_view value, std::uint32_t most) {
  const std::int64_t size = list.size();
  if (index > size || index >= most || -index > size + 1 || -index > most) {
    return CollectionResult::kOutOfRange;
  }
  if (size >= most) {
    if (list.options.overflow == Overflow::kError) return CollectionResult::kOverflowed;
    trim(list, blocks, index);
  }
  if (index < 0) index = std::max<std::int64_t>(0, index + list.size() + 1);
  const auto before = list.tree.at(static_cast<std::uint32_t>(index));
  if (!list.tree.insert(blocks, before, {{}, {}, value})) return CollectionResult::kNoMemory;
  return CollectionResult::kOk;
}

std::optional<IndexSpan> list_span(const Collection& list, std::int64_t from, std::int64_t to) {
  const std::int64_t size = list.size();
  if (from < 0) from += size;
  if (to < 0) to += size;
  if (size == 0 || (from < 0 && to < 0) || (from >= size && to >= size)) return std::nullopt;
  from = std::clamp<std::int64_t>(from, 0, size - 1);
  to = std::clamp<std::int64_t>(to, 0, size - 1);
  IndexSpan span;
  span.first = static_cast<std::uint32_t>(from);
  span.forward = from <= to;
  span.count = static_cast<std::uint32_t>(span.forward ? to - from : from - to) + 1;
  return span;
}

}  // namespace arcus::daemon
