// Lists: elements by their index, from either end: 0 is the first, -1 the last.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/collection/collection.h"
#include "daemon/collection/index_span.h"

namespace arcus::daemon {

// Puts a value where the index says; at most `most` elements stay. kOk, kOutOfRange (no such place),
// kOverflowed, kNoMemory.
CollectionResult list_insert(Collection& list, Blocks& blocks, std::int64_t index,
                             std::string_view value, std::uint32_t most);

// What there is between two indexes, both included; nothing where both are beyond the same end.
std::optional<IndexSpan> list_span(const Collection& list, std::int64_t from, std::int64_t to);

}  // namespace arcus::daemon
