// The attributes of collections: as words of a command, and their limits.
#include <algorithm>
#include <array>
#include <utility>

#include "daemon/command/collection.h"

namespace arcus::daemon {
namespace {

constexpr std::array<std::pair<std::string_view, Overflow>, 7> kOverflows = {{
    {"error", Overflow::kError},
    {"head_trim", Overflow::kHeadTrim},
    {"tail_trim", Overflow::kTailTrim},
    {"smallest_trim", Overflow::kSmallestTrim},
    {"largest_trim", Overflow::kLargestTrim},
    {"smallest_silent_trim", Overflow::kSmallestSilentTrim},
    {"largest_silent_trim", Overflow::kLargestSilentTrim},
}};

std::uint32_t ceiling(const Engine& engine, CollectionType type) {
  const CollectionLimits& limits = engine.limits();
  switch (type) {
    case CollectionType::kList:
      return limits.list_size;
    case CollectionType::kSet:
      return limits.set_size;
    case CollectionType::kMap:
      return limits.map_size;
    case CollectionType::kBtree:
      break;
  }
  return limits.btree_size;
}

}  // namespace

std::string_view overflow_name(Overflow overflow) {
  for (const auto& [name, value] : kOverflows) {
    if (value == overflow) return name;
  }
  return {};
}

std::optional<Overflow> parse_overflow(std::string_view word) {
  for (const auto& [name, value] : kOverflows) {
    if (name == word) return value;
  }
  return std::nullopt;
}

std::uint32_t limited_count(const Engine& engine, CollectionType type, std::int64_t wanted) {
  constexpr std::uint32_t kDefault = 4000;
  if (wanted < 0) return 0;
  if (wanted == 0) return std::min(kDefault, ceiling(engine, type));
  return static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, ceiling(engine, type)));
}

std::uint32_t most_elements(const Engine& engine, const Collection& collection) {
  const std::uint32_t own = collection.options.max_count;
  return own != 0 ? own : ceiling(engine, collection.type());
}

std::optional<Attributes> parse_attributes(Call& call, Terms& terms, CollectionType type) {
  if (terms.empty() || terms.size() > 5) return std::nullopt;
  Attributes attributes;
  const auto flags = parse_u32(terms.take());
  if (!flags) return std::nullopt;
  attributes.flags = *flags;
  if (!terms.empty()) {
    const auto exptime = parse_i64(terms.take());
    if (!exptime) return std::nullopt;
    attributes.expires = expiry_of(*exptime, call.now);
  }
  std::int64_t max_count = 0;
  if (!terms.empty()) {
    const auto count = parse_i64(terms.take());
    if (!count || *count != static_cast<std::int32_t>(*count)) return std::nullopt;
    max_count = *count;
  }
  attributes.options.type = type;
  attributes.options.max_count = limited_count(call.engine, type, max_count);
  attributes.options.overflow = default_overflow(type);
  if (const auto overflow = parse_overflow(terms[0]); overflow && can_have(type, *overflow)) {
    attributes.options.overflow = *overflow;
    terms.take();
  }
  if (terms[0] == "unreadable") {
    attributes.options.readable = false;
    terms.take();
  }
  if (!terms.empty()) return std::nullopt;
  return attributes;
}

}  // namespace arcus::daemon
