// Sets and maps: elements found by a hash, which the caller brings: of the value in a set, of the
// field in a map. Half of its bits are the element's key in the tree; those of equal keys lie
// together and are told apart by their bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/collection/collection.h"

namespace arcus::daemon {

// A set's value or a map's field, with its hash.
struct Hashed {
  std::string_view bytes;
  std::uint64_t hash = 0;
};

// Where it is; false where it is not there.
Tree::Cursor set_find(const Collection& set, const Hashed& value);
Tree::Cursor map_find(const Collection& map, const Hashed& field);

// At most `most` elements: kOk, kElementExists, kOverflowed, kNoMemory.
CollectionResult set_insert(Collection& set, Blocks& blocks, const Hashed& value,
                            std::uint32_t most);
// The same; `replace`: where the field is there it gets the value (kReplaced).
CollectionResult map_insert(Collection& map, Blocks& blocks, const Hashed& field,
                            std::string_view value, bool replace, std::uint32_t most);
// kOk, kNoElement, kNoMemory.
CollectionResult map_update(Collection& map, Blocks& blocks, const Hashed& field,
                            std::string_view value);

}  // namespace arcus::daemon
