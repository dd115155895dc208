#include "daemon/command/prefix_counts.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "daemon/collection/collection.h"
#include "daemon/command/attributes.h"
#include "daemon/command/prefix.h"

namespace arcus::daemon {

std::uint64_t PrefixCount::all_items() const {
  return std::accumulate(items.begin(), items.end(), std::uint64_t{0});
}

std::uint64_t PrefixCount::all_bytes() const {
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

void PrefixCount::add(const ItemView& item) {
  const auto type = static_cast<std::size_t>(std::countr_zero(unsigned{type_of(item)}));
  ++items[type];
  bytes[type] += item.key.size() + (item.collection != nullptr ? item.collection->footprint()
                                                              : item.value.size());
  oldest = std::min(oldest, item.stored);
}

void PrefixCounts::add(const ItemView& item, char delimiter) {
  const std::string_view outermost = prefix_of(item.key, delimiter);
  auto at = counts_.find(outermost);
  if (at == counts_.end() && !only_wanted_) {
    at = counts_.try_emplace(std::string(outermost)).first;
  }
  if (at != counts_.end()) at->second.add(item);
  if (!only_wanted_ || outermost.empty()) return;
  // Those within it.
  std::size_t end = item.key.find(delimiter, outermost.size() + 1);
  for (; end <= kMostPrefix; end = item.key.find(delimiter, end + 1)) {
    at = counts_.find(item.key.substr(0, end));
    if (at != counts_.end()) at->second.add(item);
  }
}

bool PrefixCounts::count_some(Engine& engine, Seconds now) {
  const char delimiter = engine.config().prefix_delimiter;
  for (int i = 0; i < kBucketsAtOnce && !too_many(); ++i) {
    cursor_ = engine.store().scan(
        cursor_, now, [&](const ItemView& item, std::uint64_t) { add(item, delimiter); });
    if (cursor_ == 0) return false;
  }
  return !too_many();
}

}  // namespace arcus::daemon
