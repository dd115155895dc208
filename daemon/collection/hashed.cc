#include "daemon/collection/hashed.h"

namespace arcus::daemon {
namespace {

TreeKey key_of(const Hashed& element) {
  return {element.hash >> 32, {}};
}

template <typename Is>
Tree::Cursor find(const Tree& tree, const Hashed& wanted, const Is& is) {
  const TreeKey key = key_of(wanted);
  Tree::Cursor at = tree.lower_bound(key);
  for (; at; at.next()) {
    const Element element = at.element();
    if (element.key.number != key.number) break;
    if (is(element)) return at;
  }
  return tree.end();
}

CollectionResult insert(Collection& collection, Blocks& blocks, const Element& element,
                        std::uint32_t most) {
  if (collection.size() >= most) return CollectionResult::kOverflowed;
  const auto before = collection.tree.upper_bound(element.key);
  if (!collection.tree.insert(blocks, before, element)) return CollectionResult::kNoMemory;
  return CollectionResult::kOk;
}

}  // namespace

Tree::Cursor set_find(const Collection& set, const Hashed& value) {
  return find(set.tree, value, [&](const Element& it) { return it.value == value.bytes; });
}

Tree::Cursor map_find(const Collection& map, const Hashed& field) {
  return find(map.tree, field, [&](const Element& it) { return it.tag == field.bytes; });
}

CollectionResult set_insert(Collection& set, Blocks& blocks, const Hashed& value,
                            std::uint32_t most) {
  if (set_find(set, value)) return CollectionResult::kElementExists;
  return insert(set, blocks, {key_of(value), {}, value.bytes}, most);
}

CollectionResult map_insert(Collection& map, Blocks& blocks, const Hashed& field,
                            std::string_view value, bool replace, std::uint32_t most) {
  if (const Tree::Cursor at = map_find(map, field)) {
    if (!replace) return CollectionResult::kElementExists;
    if (!map.tree.replace(blocks, at, field.bytes, value)) return CollectionResult::kNoMemory;
    return CollectionResult::kReplaced;
  }
  return insert(map, blocks, {key_of(field), field.bytes, value}, most);
}

CollectionResult map_update(Collection& map, Blocks& blocks, const Hashed& field,
                            std::string_view value) {
  const Tree::Cursor at = map_find(map, field);
  if (!at) return CollectionResult::kNoElement;
  return map.tree.replace(blocks, at, field.bytes, value) ? CollectionResult::kOk
                                                          : CollectionResult::kNoMemory;
}

}  // namespace arcus::daemon
