#include "daemon/command/bop_keys.h"

#include <algorithm>

#include "daemon/command/btree_terms.h"
#include "daemon/command/key_list.h"

namespace arcus::daemon {

std::optional<KeysQuery> parse_keys_query(Terms& terms) {
  KeysQuery query;
  const auto size = parse_element_size(terms.take());
  const auto keys = parse_u32(terms.take());
  const auto range = parse_bkey_range(terms.take());
  if (!size || !keys || !range || *size == 0 || *keys == 0) return std::nullopt;
  query.size = static_cast<std::uint32_t>(*size);
  query.keys = *keys;
  query.choice.range = *range;
  if (!take_filter(terms, query.choice.filter) || terms.empty() || terms.size() > 2) {
    return std::nullopt;
  }
  if (terms.size() == 2) {
    const auto offset = parse_u32(terms.take());
    if (!offset) return std::nullopt;
    query.choice.offset = *offset;
  }
  const auto count = parse_u32(terms.take());
  if (!count) return std::nullopt;
  query.choice.count = *count;
  return query;
}

bool is_sensible(const KeysQuery& query) {
  return query.choice.count > 0 && key_list_fits(query.size, query.keys);
}

std::optional<std::size_t> value_of_keys(const Terms& terms) {
  const auto size = parse_element_size(terms[0]);
  return size && *size > 0 ? size : std::nullopt;
}

std::optional<Progress> await_keys(CollectionLine& line, const KeysQuery& query,
                                   std::string& keys) {
  if (const auto waits = line.await_value(query.size)) return waits;
  const std::string_view list = line.has_whole_value() ? line.value() : std::string_view();
  if (is_key_list(list, query.keys, ' ')) {
    keys = list;
    return std::nullopt;
  }
  // As old clients write it. A comma may be part of a key, so this comes second.
  if (!is_key_list(list, query.keys, ',') || list.find(' ') != list.npos) {
    return line.answer(kBadChunk);
  }
  keys = list;
  std::replace(keys.begin(), keys.end(), ',', ' ');
  return std::nullopt;
}

}  // namespace arcus::daemon
