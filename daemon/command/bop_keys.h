// bop mget and smget: one question to many b+trees, whose keys follow the line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/command/bop_range.h"

namespace arcus::daemon {

struct KeysQuery {
  std::uint32_t size = 0;  // of the list of keys
  std::uint32_t keys = 0;
  RangeChoice choice;
};

// Size and number of the keys, range, [filter], [offset], count. Takes them all, or says nothing.
std::optional<KeysQuery> parse_keys_query(Terms& terms);
// Whether there can be so many keys in so many bytes, and something to be read of them.
bool is_sensible(const KeysQuery& query);
std::optional<std::size_t> value_of_keys(const Terms& terms);
// The keys, with blanks between them: empty when they are there and good, else what to return.
std::optional<Progress> await_keys(CollectionLine& line, const KeysQuery& query,
                                   std::string& keys);

}  // namespace arcus::daemon
