// The part of the model that is about b+trees.
#include <algorithm>

#include "tests/protocol/collection_model.h"

namespace arcus::tests {
namespace {

const std::string kNoElement = "NOT_FOUND_ELEMENT\r\n";
const std::string kMismatch = "BKEY_MISMATCH\r\n";

bool is_smallest(const std::string& overflow) {
  return overflow == "smallest_trim" || overflow == "smallest_silent_trim";
}
bool is_silent(const std::string& overflow) {
  return overflow.find("silent") != std::string::npos;
}

}  // namespace

std::string CollectionModel::bop_line(const Item& item, Elements::const_iterator element) {
  const ModelBkey bkey{*item.is_number, element->first};
  const auto& [eflag, value] = element->second;
  return bkey.text() + (eflag.empty() ? "" : " " + hex(eflag)) + " " +
         std::to_string(value.size()) + " " + value + "\r\n";
}

bool CollectionModel::fits(const Item& item, const ModelBkey& bkey) {
  return (item.elements.empty() && !item.range) || item.is_number == bkey.is_number;
}

std::string CollectionModel::set_range(const std::string& key,
                                       const std::optional<ModelBkey>& range) {
  if (!items_.contains(key)) return "NOT_FOUND\r\n";
  Item& item = items_[key];
  if (item.type != 'b') return "ATTR_ERROR not found\r\n";
  if (range && !item.elements.empty()) {
    if (item.is_number != range->is_number) return "ATTR_ERROR bad value\r\n";
    const std::size_t size = range->order.size();
    const ModelBkey low{range->is_number, item.elements.begin()->first};
    const ModelBkey high{range->is_number, item.elements.rbegin()->first};
    if (high.head(size) - low.head(size) > range->head(size)) return "ATTR_ERROR bad value\r\n";
  }
  item.range = range;
  if (range && item.elements.empty()) item.is_number = range->is_number;
  return "OK\r\n";
}

std::string CollectionModel::attributes(const std::string& key) const {
  const auto at = items_.find(key);
  if (at == items_.end()) return "NOT_FOUND\r\n";
  const Item& item = at->second;
  if (item.type != 'b') return "ATTR_ERROR not found\r\n";
  const auto bkey = [&](const std::string& order) {
    return ModelBkey{*item.is_number, order}.text();
  };
  const bool none = item.elements.empty();
  return "ATTR count=" + std::to_string(item.elements.size()) +
         "\r\nATTR minbkey=" + (none ? "-1" : bkey(item.elements.begin()->first)) +
         "\r\nATTR maxbkey=" + (none ? "-1" : bkey(item.elements.rbegin()->first)) +
         "\r\nATTR trimmed=" + (item.trimmed ? "1" : "0") + "\r\nEND\r\n";
}

// Why a new bkey cannot come in; `by_range`: others have to go since they are too far away.
std::string CollectionModel::check(const Item& item, const ModelBkey& bkey, bool& by_range) {
  const std::string& overflow = item.attributes.overflow;
  const std::string& low = item.elements.begin()->first;
  const std::string& high = item.elements.rbegin()->first;
  const bool below = bkey.order < low;
  const bool above = bkey.order > high;
  if (item.range && (below || above)) {
    const std::size_t size = item.range->order.size();
    const auto head = [&](const std::string& order) { return ModelBkey{true, order}.head(size); };
    const std::uint64_t width =
        below ? head(high) - head(bkey.order) : head(bkey.order) - head(low);
    if (width > item.range->head(size)) {
      by_range = true;
      const bool may_trim = overflow != "error" && is_smallest(overflow) == above;
      return may_trim ? "" : "OUT_OF_RANGE\r\n";
    }
  }
  if (item.elements.size() < item.attributes.most) return "";
  if (overflow == "error") return "OVERFLOWED\r\n";
  return (is_smallest(overflow) ? below : above) ? "OUT_OF_RANGE\r\n" : "";
}

std::string CollectionModel::bop_insert(const std::string& key, const ModelBkey& bkey,
                                        const ModelElement& element, bool replace,
                                        bool get_trimmed, const Create& create) {
  return insert(key, 'b', create, [&](Item& item) -> std::string {
    if (!fits(item, bkey)) return kMismatch;
    if (item.elements.contains(bkey.order)) {
      if (!replace) return "ELEMENT_EXISTS\r\n";
      item.elements[bkey.order] = element;
      return "REPLACED\r\n";
    }
    const std::string& overflow = item.attributes.overflow;
    bool by_range = false;
    if (!item.elements.empty()) {
      const std::string why = check(item, bkey, by_range);
      if (!why.empty()) {
        if (why == "OUT_OF_RANGE\r\n" && !by_range && !is_silent(overflow)) item.trimmed = true;
        return why;
      }
    }
    item.is_number = bkey.is_number;
    item.elements[bkey.order] = element;
    if (by_range) {
      const std::size_t size = item.range->order.size();
      std::erase_if(item.elements, [&](const auto& one) {
        const std::uint64_t mine = bkey.head(size);
        const std::uint64_t other = ModelBkey{true, one.first}.head(size);
        return (mine > other ? mine - other : other - mine) > item.range->head(size);
      });
      if (!is_silent(overflow)) item.trimmed = false;
    } else if (item.elements.size() > item.attributes.most) {
      const auto edge = is_smallest(overflow) ? item.elements.begin()
                                              : std::prev(item.elements.end());
      const std::string line = bop_line(item, edge);
      item.elements.erase(edge);
      if (!is_silent(overflow)) item.trimmed = true;
      if (get_trimmed) {
        return "VALUE " + std::to_string(item.attributes.flags) + " 1\r\n" + line + "TRIMMED\r\n";
      }
    }
    return "STORED\r\n";
  });
}

std::string CollectionModel::bop_update(const std::string& key, const ModelBkey& bkey,
                                        const std::optional<std::string>& eflag,
                                        const std::optional<std::string>& value) {
  if (!eflag && !value) return "NOTHING_TO_UPDATE\r\n";
  std::string why;
  Item* const item = find(key, 'b', why);
  if (item == nullptr) return why;
  if (item->elements.empty()) return kNoElement;
  if (!fits(*item, bkey)) return kMismatch;
  const auto at = item->elements.find(bkey.order);
  if (at == item->elements.end()) return kNoElement;
  if (eflag) at->second.eflag = *eflag;
  if (value) at->second.value = *value;
  return "UPDATED\r\n";
}

std::vector<CollectionModel::Elements::const_iterator> CollectionModel::choose(
    const Item& item, const ModelChoice& choice, bool& trimmed) {
  const ModelRange& range = choice.range;
  const std::string& low = std::min(range.from.order, range.to.order);
  const std::string& high = std::max(range.from.order, range.to.order);
  std::vector<Elements::const_iterator> all;
  for (auto at = item.elements.begin(); at != item.elements.end(); ++at) {
    if (at->first >= low && at->first <= high) all.push_back(at);
  }
  if (range.backward()) std::reverse(all.begin(), all.end());
  const std::size_t offset = low == high ? 0 : choice.offset;
  std::vector<Elements::const_iterator> chosen;
  std::size_t matching = 0;
  bool to_the_end = true;
  for (const auto at : all) {
    if (choice.filter && !choice.filter->matches(at->second.eflag)) continue;
    if (matching++ < offset) continue;
    chosen.push_back(at);
    to_the_end = chosen.size() != choice.count;
    if (!to_the_end) break;
  }
  trimmed = false;
  const std::string& overflow = item.attributes.overflow;
  if (!item.trimmed || item.elements.empty() || is_silent(overflow) || overflow == "error") {
    return chosen;
  }
  // The side on which elements were trimmed, and whether the range reaches over there.
  const std::string& first = item.elements.begin()->first;
  const std::string& last = item.elements.rbegin()->first;
  const bool smallest = is_smallest(overflow);
  const auto beyond = [&](const std::string& order) {
    return smallest ? order < first : order > last;
  };
  if (beyond(range.from.order)) trimmed = true;
  if (low != high && to_the_end && !all.empty() && range.backward() == smallest) {
    const bool at_edge = all.back()->first == (smallest ? first : last);
    if (at_edge && (beyond(range.to.order) || all.size() == 1)) trimmed = true;
  }
  return chosen;
}

std::string CollectionModel::bop_read(const std::string& key, const ModelChoice& choice,
                                      const std::string& head, const std::string& prefix,
                                      std::string& ending) const {
  std::string why;
  const Item* const item = find_to_read(key, 'b', why);
  if (item == nullptr) return why;
  if (choice.offset >= item->elements.size()) return kNoElement;
  if (!fits(*item, choice.range.from)) return kMismatch;
  bool trimmed = false;
  const auto chosen = choose(*item, choice, trimmed);
  if (chosen.empty()) return trimmed ? "OUT_OF_RANGE\r\n" : kNoElement;
  ending = trimmed ? "TRIMMED" : "";
  std::string text = head + (head == "VALUE " ? "" : trimmed ? "TRIMMED " : "OK ") +
                     std::to_string(item->attributes.flags) + " " +
                     std::to_string(chosen.size()) + "\r\n";
  for (const auto at : chosen) text += prefix + bop_line(*item, at);
  return text;
}

std::string CollectionModel::bop_get(const std::string& key, const ModelChoice& choice,
                                     const std::string& removal) {
  std::string ending;
  std::string text = bop_read(key, choice, "VALUE ", "", ending);
  if (!text.starts_with("VALUE ")) return text;
  if (removal.empty()) return text + (ending.empty() ? "END" : ending) + "\r\n";
  bool trimmed = false;
  Item& item = items_[key];
  for (const auto at : choose(item, choice, trimmed)) item.elements.erase(at);
  return text + removed(key, removal);
}

std::string CollectionModel::bop_delete(const std::string& key, const ModelChoice& choice,
                                        const std::string& removal) {
  std::string why;
  Item* const item = find(key, 'b', why);
  if (item == nullptr) return why;
  if (item->elements.empty()) return kNoElement;
  if (!fits(*item, choice.range.from)) return kMismatch;
  bool trimmed = false;
  const auto chosen = choose(*item, choice, trimmed);
  if (chosen.empty()) return kNoElement;
  for (const auto at : chosen) item->elements.erase(at);
  return removed(key, removal);
}

std::string CollectionModel::bop_count(const std::string& key, const ModelChoice& choice) const {
  std::string why;
  const Item* const item = find_to_read(key, 'b', why);
  if (item == nullptr) return why;
  if (item->is_number && item->is_number != choice.range.from.is_number) return kMismatch;
  bool trimmed = false;
  return "COUNT=" + std::to_string(choose(*item, choice, trimmed).size()) + "\r\n";
}

std::string CollectionModel::bop_position(const std::string& key, const ModelBkey& bkey,
                                          bool ascending) const {
  std::string why;
  const Item* const item = find_to_read(key, 'b', why);
  if (item == nullptr) return why;
  if (item->elements.empty()) return kNoElement;
  if (!fits(*item, bkey)) return kMismatch;
  const auto at = item->elements.find(bkey.order);
  if (at == item->elements.end()) return kNoElement;
  const auto before = std::distance(item->elements.begin(), at);
  const auto after = static_cast<std::ptrdiff_t>(item->elements.size()) - before - 1;
  return "POSITION=" + std::to_string(ascending ? before : after) + "\r\n";
}

std::string CollectionModel::bop_gbp(const std::string& key, bool ascending, std::size_t from,
                                     std::size_t to) const {
  std::string why;
  const Item* const item = find_to_read(key, 'b', why);
  if (item == nullptr) return why;
  std::vector<Elements::const_iterator> all;
  for (auto at = item->elements.begin(); at != item->elements.end(); ++at) all.push_back(at);
  if (!ascending) std::reverse(all.begin(), all.end());
  if (std::min(from, to) >= all.size()) return kNoElement;
  from = std::min(from, all.size() - 1);
  to = std::min(to, all.size() - 1);
  std::string lines;
  for (std::size_t i = from;; i += from < to ? 1 : std::size_t(-1)) {
    lines += bop_line(*item, all[i]);
    if (i == to) break;
  }
  return "VALUE " + std::to_string(item->attributes.flags) + " " +
         std::to_string((from < to ? to - from : from - to) + 1) + "\r\n" + lines + "END\r\n";
}

std::string CollectionModel::bop_mget(const std::vector<std::string>& keys,
                                      const ModelChoice& choice) {
  std::string text;
  for (const auto& key : keys) {
    std::string ending;
    const std::string head = "VALUE " + key + " ";
    const std::string one = bop_read(key, choice, head, "ELEMENT ", ending);
    text += one.starts_with("VALUE ") ? one : head + one;
  }
  return text + "END\r\n";
}

std::string CollectionModel::bop_smget(const std::vector<std::string>& keys,
                                       const ModelChoice& choice, bool unique) const {
  struct Candidate {
    std::string order;
    std::string key;
    std::string line;
  };
  std::vector<Candidate> candidates;
  std::vector<std::pair<std::string, std::string>> missed;
  std::vector<std::pair<std::string, std::size_t>> trimmed;  // last bkey, number of the key
  const bool backward = choice.range.backward();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string why;
    const Item* const item = find_to_read(keys[i], 'b', why);
    if (why == "TYPE_MISMATCH\r\n") return why;
    if (item == nullptr) {
      missed.emplace_back(keys[i], why);
      continue;
    }
    if (item->elements.empty()) continue;
    if (!fits(*item, choice.range.from)) return kMismatch;
    bool overlaps = false;
    ModelChoice begin{choice.range, std::nullopt, 0, 1};
    choose(*item, begin, overlaps);
    if (overlaps && !item->elements.contains(choice.range.from.order)) {
      missed.emplace_back(keys[i], "OUT_OF_RANGE\r\n");
      continue;
    }
    bool reaches = false;
    ModelChoice all{choice.range, choice.filter, 0, 0};
    for (const auto at : choose(*item, all, reaches)) {
      candidates.push_back({at->first, keys[i],
                            keys[i] + " " + std::to_string(item->attributes.flags) + " " +
                                bop_line(*item, at)});
    }
    if (choice.range.from.order == choice.range.to.order) {
      reaches = item->trimmed && item->attributes.overflow == "largest_trim" &&
                item->elements.rbegin()->first == choice.range.to.order;
    }
    if (reaches) {
      trimmed.emplace_back(backward ? item->elements.begin()->first
                                    : item->elements.rbegin()->first,
                           i);
    }
  }
  std::sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
    const auto order = std::tie(a.order, a.key) <=> std::tie(b.order, b.key);
    return backward ? order > 0 : order < 0;
  });
  std::string lines;
  std::size_t count = 0;
  std::size_t skipped = 0;
  bool duplicated = false;
  std::optional<std::string> last;
  for (const auto& one : candidates) {
    const bool duplicate = last == one.order;
    last = one.order;
    if (unique && duplicate) continue;
    if (skipped++ < choice.offset) continue;
    duplicated = duplicated || (duplicate && count > 0);
    lines += one.line;
    if (++count == choice.count) break;
  }
  std::erase_if(trimmed, [&](const auto& one) {
    return count == choice.count && (backward ? one.first <= *last : one.first >= *last);
  });
  std::stable_sort(trimmed.begin(), trimmed.end(), [&](const auto& a, const auto& b) {
    return backward ? a.first > b.first : a.first < b.first;
  });
  std::string text = "ELEMENTS " + std::to_string(count) + "\r\n" + lines + "MISSED_KEYS " +
                     std::to_string(missed.size()) + "\r\n";
  for (const auto& [key, why] : missed) text += key + " " + why;
  text += "TRIMMED_KEYS " + std::to_string(trimmed.size()) + "\r\n";
  for (const auto& [order, i] : trimmed) {
    const ModelBkey bkey{choice.range.from.is_number, order};
    text += keys[i] + " " + bkey.text() + "\r\n";
  }
  return text + (duplicated ? "DUPLICATED\r\n" : "END\r\n");
}

}  // namespace arcus::tests
