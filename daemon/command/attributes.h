// Item attributes: the list of all that getattr and setattr know, and which types of items have
// them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "daemon/collection/collection.h"
#include "daemon/command/command.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

// A bit each, for sets of them.
enum ItemType : unsigned {
  kKeyValue = 1,
  kList = 2,
  kSet = 4,
  kMap = 8,
  kBTree = 16,
  kCollection = kList | kSet | kMap | kBTree,
  kAnyType = kKeyValue | kCollection,
};

ItemType type_of(const ItemView& item);
// "kv", as `type` says it; and 'K', as scan and dump do.
std::string_view type_name(ItemType type);
char type_letter(ItemType type);

// The seconds an item still has: 0 when it never expires, -1 when it is sticky.
std::int64_t seconds_left(const ItemView& item, Seconds now);

// What setattr wants changed. The values of attributes that the item does not have are only checked.
struct AttributeChange {
  std::optional<Seconds> expires;
  std::optional<std::int64_t> max_count;
  std::optional<Overflow> overflow;
  bool readable = false;
  std::optional<MaxBkeyRange> max_bkey_range;
};
// Whether a collection can become that; apply() then makes it so. The expiry is the item's.
bool can_apply(const AttributeChange& change, const Collection& collection, const Engine& engine);
void apply(const AttributeChange& change, Collection& collection, const Engine& engine);

struct Attribute {
  std::string_view name;
  unsigned types;  // of the items that have it
  // Its value.
  void (*show)(Line& line, const ItemView& item, const Call& call);
  // Reads a value that it is to have; false when it is none. Null: it cannot be changed.
  bool (*read)(std::string_view value, Seconds now, AttributeChange& change);
};

// In the order in which getattr shows them when none is asked for.
std::span<const Attribute> attributes();
const Attribute* find_attribute(std::string_view name);

}  // namespace arcus::daemon
