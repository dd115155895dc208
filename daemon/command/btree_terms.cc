#include "daemon/command/btree_terms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/command/bkey_text.h"
#include "daemon/command/elements.h"

namespace arcus::daemon {
namespace {

constexpr std::size_t kMostValues = 100;  // of a filter

std::optional<std::uint8_t> parse_offset(std::string_view word) {
  const auto offset = parse_u32(word);
  if (!offset || *offset >= Eflag::kMost) return std::nullopt;
  return static_cast<std::uint8_t>(*offset);
}

std::optional<BitwiseOp> parse_bitwise(std::string_view word) {
  if (word == "&") return BitwiseOp::kAnd;
  if (word == "|") return BitwiseOp::kOr;
  if (word == "^") return BitwiseOp::kXor;
  return std::nullopt;
}

std::optional<CompareOp> parse_compare(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, CompareOp>, 6> kNames = {{
      {"EQ", CompareOp::kEqual},
      {"NE", CompareOp::kNotEqual},
      {"LT", CompareOp::kLess},
      {"LE", CompareOp::kLessEqual},
      {"GT", CompareOp::kGreater},
      {"GE", CompareOp::kGreaterEqual},
  }};
  for (const auto& [name, op] : kNames) {
    if (name == word) return op;
  }
  return std::nullopt;
}

// One value, or where it is about being equal up to a hundred, all of one size, with commas between
// them.
bool parse_values(std::string_view word, EflagFilter& filter) {
  const bool may_be_many =
      filter.compare == CompareOp::kEqual || filter.compare == CompareOp::kNotEqual;
  std::size_t count = 0;
  while (!word.empty()) {
    const std::size_t end = may_be_many ? std::min(word.find(','), word.size()) : word.size();
    const std::string_view text = word.substr(0, end);
    word.remove_prefix(std::min(end + 1, word.size()));
    if (text.empty()) continue;
    const auto value = parse_eflag(text);
    if (!value || ++count > kMostValues) return false;
    if (count == 1) filter.value_size = static_cast<std::uint8_t>(value->size());
    if (value->size() != filter.value_size) return false;
    filter.values += value->bytes();
  }
  const bool fits = filter.offset + filter.value_size <= Eflag::kMost;
  const bool as_long = filter.operand.size() == 0 || filter.operand.size() == filter.value_size;
  return count > 0 && fits && as_long;
}

}  // namespace

bool is_hex(std::string_view word) {
  return word.starts_with("0x");
}

std::optional<BkeyRange> parse_bkey_range(std::string_view word) {
  const std::size_t dots = word.find("..");
  const auto from = parse_bkey(word.substr(0, dots));
  const auto to = dots == word.npos ? from : parse_bkey(word.substr(dots + 2));
  if (!from || !to || from->kind() != to->kind()) return std::nullopt;
  return BkeyRange{*from, *to};
}

std::optional<Eflag> parse_eflag(std::string_view word) {
  const auto bytes = parse_hexadecimal(word);
  return bytes ? std::optional(Eflag(bytes->bytes())) : std::nullopt;
}

bool take_filter(Terms& terms, std::optional<EflagFilter>& filter) {
  if (terms.size() < 3 || !is_hex(terms[2])) return true;
  const auto offset = parse_offset(terms.take());
  if (!offset) return false;
  EflagFilter& result = filter.emplace();
  result.offset = *offset;
  if (terms.size() >= 4 && is_hex(terms[3])) {
    const auto op = parse_bitwise(terms.take());
    const auto operand = parse_eflag(terms.take());
    if (!op || !operand) return false;
    result.op = *op;
    result.operand = *operand;
  }
  const auto compare = parse_compare(terms.take());
  if (!compare) return false;
  result.compare = *compare;
  return parse_values(terms.take(), result);
}

bool take_eflag_update(Terms& terms, std::optional<EflagUpdate>& update) {
  if (terms.empty()) return true;
  EflagUpdate& result = update.emplace();
  if (terms.size() > 1) {
    const auto offset = parse_offset(terms.take());
    result.op = parse_bitwise(terms.take());
    if (!offset || !result.op) return false;
    result.offset = *offset;
  }
  if (terms.size() != 1) return false;
  const std::string_view word = terms.take();
  if (!is_hex(word)) return parse_u32(word) == 0U;
  const auto value = parse_eflag(word);
  if (value) result.value = *value;
  return value.has_value();
}

std::optional<bool> parse_order(std::string_view word) {
  if (word == "asc") return true;
  return word == "desc" ? std::optional(false) : std::nullopt;
}

void add_btree_element(Line& line, const Element& element) {
  add_bkey(line, element.key);
  line.add(' ');
  if (!element.tag.empty()) {
    add_hexadecimal(line, element.tag);
    line.add(' ');
  }
  add_value(line, element.value);
}

}  // namespace arcus::daemon
