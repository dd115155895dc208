#include "daemon/command/attributes.h"

#include <algorithm>

#include "daemon/command/bkey_text.h"
#include "daemon/command/collection.h"

namespace arcus::daemon {
namespace {

void show_type(Line& line, const ItemView& item, const Call&) {
  line.add(type_name(type_of(item)));
}
void show_flags(Line& line, const ItemView& item, const Call&) {
  line.add_number(item.flags);
}
void show_expiretime(Line& line, const ItemView& item, const Call& call) {
  line.add_signed(seconds_left(item, call.now));
}
void show_count(Line& line, const ItemView& item, const Call&) {
  line.add_number(item.collection->size());
}
void show_maxcount(Line& line, const ItemView& item, const Call& call) {
  line.add_number(most_elements(call.engine, *item.collection));
}
void show_overflowaction(Line& line, const ItemView& item, const Call&) {
  line.add(overflow_name(item.collection->options.overflow));
}
void show_readable(Line& line, const ItemView& item, const Call&) {
  line.add(item.collection->options.readable ? "on" : "off");
}
void show_maxbkeyrange(Line& line, const ItemView& item, const Call&) {
  const MaxBkeyRange& range = item.collection->max_bkey_range;
  range ? add_bkey(line, range->key()) : line.add('0');
}
void show_minbkey(Line& line, const ItemView& item, const Call&) {
  const auto first = item.collection->tree.begin();
  first ? add_bkey(line, first.key()) : line.add("-1");
}
void show_maxbkey(Line& line, const ItemView& item, const Call&) {
  auto last = item.collection->tree.end();
  last.prev();
  last ? add_bkey(line, last.key()) : line.add("-1");
}
void show_trimmed(Line& line, const ItemView& item, const Call&) {
  line.add(item.collection->trimmed ? '1' : '0');
}

bool read_expiretime(std::string_view value, Seconds now, AttributeChange& change) {
  const auto exptime = parse_i64(value);
  if (exptime) change.expires = expiry_of(*exptime, now);
  return exptime.has_value();
}

bool read_maxcount(std::string_view value, Seconds, AttributeChange& change) {
  change.max_count = parse_i64(value);
  return change.max_count && *change.max_count == static_cast<std::int32_t>(*change.max_count);
}

bool read_overflowaction(std::string_view value, Seconds, AttributeChange& change) {
  change.overflow = parse_overflow(value);
  return change.overflow.has_value();
}

// What has been readable may have been read, so that there is no way back.
bool read_readable(std::string_view value, Seconds, AttributeChange& change) {
  change.readable = value == "on";
  return change.readable;
}

bool read_maxbkeyrange(std::string_view value, Seconds, AttributeChange& change) {
  const auto range = parse_bkey(value);
  if (!range) return false;
  const bool none = range->kind() == KeyKind::kNumber && range->number() == 0;
  change.max_bkey_range = none ? MaxBkeyRange() : range;
  return true;
}

constexpr Attribute kAttributes[] = {
    {"type", kAnyType, show_type, nullptr},
    {"flags", kAnyType, show_flags, nullptr},
    {"expiretime", kAnyType, show_expiretime, read_expiretime},
    {"count", kCollection, show_count, nullptr},
    {"maxcount", kCollection, show_maxcount, read_maxcount},
    {"overflowaction", kCollection, show_overflowaction, read_overflowaction},
    {"readable", kCollection, show_readable, read_readable},
    {"maxbkeyrange", kBTree, show_maxbkeyrange, read_maxbkeyrange},
    {"minbkey", kBTree, show_minbkey, nullptr},
    {"maxbkey", kBTree, show_maxbkey, nullptr},
    {"trimmed", kBTree, show_trimmed, nullptr},
};

struct TypeNames {
  ItemType type;
  std::string_view name;
  char letter;
};
constexpr TypeNames kTypes[] = {{kKeyValue, "kv", 'K'},
                                {kList, "list", 'L'},
                                {kSet, "set", 'S'},
                                {kMap, "map", 'M'},
                                {kBTree, "b+tree", 'B'}};

const TypeNames& names_of(ItemType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [type](const TypeNames& names) { return names.type == type; });
}

}  // namespace

ItemType type_of(const ItemView& item) {
  if (item.collection == nullptr) return kKeyValue;
  switch (item.collection->type()) {
    case CollectionType::kList:
      return kList;
    case CollectionType::kSet:
      return kSet;
    case CollectionType::kMap:
      return kMap;
    case CollectionType::kBtree:
      break;
  }
  return kBTree;
}

std::string_view type_name(ItemType type) {
  return names_of(type).name;
}
char type_letter(ItemType type) {
  return names_of(type).letter;
}

std::int64_t seconds_left(const ItemView& item, Seconds now) {
  if (item.expires == kNever) return 0;
  if (item.expires == kSticky) return -1;
  return std::int64_t{item.expires} - now;
}

std::span<const Attribute> attributes() {
  return kAttributes;
}

const Attribute* find_attribute(std::string_view name) {
  const auto at = std::find_if(std::begin(kAttributes), std::end(kAttributes),
                               [name](const Attribute& one) { return one.name == name; });
  return at == std::end(kAttributes) ? nullptr : at;
}

}  // namespace arcus::daemon
