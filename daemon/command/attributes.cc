#include "daemon/command/attributes.h"

#include <algorithm>
#include <array>

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostBkey = 31;  // bytes

void show_type(Line& line, const ItemView& item, Seconds) {
  line.add(type_name(type_of(item)));
}
void show_flags(Line& line, const ItemView& item, Seconds) {
  line.add_number(item.flags);
}
void show_expiretime(Line& line, const ItemView& item, Seconds now) {
  line.add_signed(seconds_left(item, now));
}

bool read_expiretime(std::string_view value, Seconds now, AttributeChange& change) {
  const auto exptime = parse_i64(value);
  if (exptime) change.expires = expiry_of(*exptime, now);
  return exptime.has_value();
}

bool read_maxcount(std::string_view value, Seconds, AttributeChange&) {
  const auto count = parse_i64(value);
  return count && *count >= INT32_MIN && *count <= INT32_MAX;
}

bool read_overflowaction(std::string_view value, Seconds, AttributeChange&) {
  constexpr std::array<std::string_view, 7> kActions = {
      "error",         "head_trim",            "tail_trim",          "smallest_trim",
      "largest_trim",  "smallest_silent_trim", "largest_silent_trim"};
  return std::find(kActions.begin(), kActions.end(), value) != kActions.end();
}

bool read_readable(std::string_view value, Seconds, AttributeChange&) {
  return value == "on";
}

bool read_maxbkeyrange(std::string_view value, Seconds, AttributeChange&) {
  if (!value.starts_with("0x")) return parse_u64(value).has_value();
  value.remove_prefix(2);
  const bool hex = value.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  return hex && !value.empty() && value.size() % 2 == 0 && value.size() <= 2 * kMostBkey;
}

constexpr Attribute kAttributes[] = {
    {"type", kAnyType, show_type, nullptr},
    {"flags", kAnyType, show_flags, nullptr},
    {"expiretime", kAnyType, show_expiretime, read_expiretime},
    {"count", kCollection, nullptr, nullptr},
    {"maxcount", kCollection, nullptr, read_maxcount},
    {"overflowaction", kCollection, nullptr, read_overflowaction},
    {"readable", kCollection, nullptr, read_readable},
    {"maxbkeyrange", kBTree, nullptr, read_maxbkeyrange},
    {"minbkey", kBTree, nullptr, nullptr},
    {"maxbkey", kBTree, nullptr, nullptr},
    {"trimmed", kBTree, nullptr, nullptr},
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
