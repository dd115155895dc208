// Ranges of bkeys, eflags, filters and orders of b+trees as words of a command, and elements as they
// are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/collection/btree.h"
#include "daemon/command/bkey_text.h"
#include "daemon/command/collection.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

// Two of one kind with .. between them, or one, which is both.
std::optional<BkeyRange> parse_bkey_range(std::string_view word);
std::optional<Eflag> parse_eflag(std::string_view word);
bool is_hex(std::string_view word);

// The words of a filter: offset [operator operand] comparison value. False: they are none, though
// they look like one; where they don't, nothing is taken.
bool take_filter(Terms& terms, std::optional<EflagFilter>& filter);
// The words of an eflag's update: [offset operator] value, or none; all that are left are taken.
bool take_eflag_update(Terms& terms, std::optional<EflagUpdate>& update);
// asc or desc: whether it goes from the smallest to the largest.
std::optional<bool> parse_order(std::string_view word);

// Bkey, eflag if there is one, size and value.
void add_btree_element(Line& line, const Element& element);

}  // namespace arcus::daemon
