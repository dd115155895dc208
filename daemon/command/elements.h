// Elements in requests and replies, as the commands of all collections take and give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/command/collection.h"
#include "daemon/command/line.h"

namespace arcus::daemon {

// Bytes of an element's value, without CR LF.
std::optional<std::size_t> parse_element_size(std::string_view word);
// The value of an element: empty when it is there and good, else what to return.
std::optional<Progress> await_element(CollectionLine& line, std::size_t size);
// The words left, which are none, or `create` and attributes; false: neither.
bool take_create(Call& call, Terms& terms, CollectionType type,
                 std::optional<Attributes>& attributes);
// Takes the word if it is the last one.
bool take_word(Terms& terms, std::string_view word);
// What is to happen to elements that are read.
enum class Removal { kNone, kDelete, kDrop };
Removal take_removal(Terms& terms);
// A list of so many names in a body: separated by blanks or, as old clients write it, by commas.
std::optional<std::vector<std::string_view>> split_list(std::string_view text, std::size_t count);

// After elements were removed: the collection goes too where it is empty and should (`drop`). What
// to answer.
std::string_view removed(Access& item, bool drop);

// VALUE <flags> <count>.
void add_head(Line& line, std::uint32_t flags, std::uint32_t count);
// The end of an element: its size and its value.
void add_value(Line& line, std::string_view value);

}  // namespace arcus::daemon
