// bop insert, upsert, update, incr, decr.
#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/command/arithmetic.h"
#include "daemon/command/bop.h"
#include "daemon/command/btree_terms.h"
#include "daemon/command/elements.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kBtree;

Progress tell_trimmed(CollectionLine& asked, std::uint32_t flags, const TrimmedElement& element) {
  asked.count(Outcome::kHit);
  Line line(asked.call.reply);
  add_head(line, flags, 1);
  add_btree_element(line, {element.bkey.key(), element.eflag, element.value});
  line.add("TRIMMED\r\n");
  return Progress::kDone;
}

// bkey, [eflag], bytes, [create attributes], [getrim]
Progress put(Call& call, CollectionLine& line, bool replace) {
  Terms& terms = line.terms;
  const bool get_trimmed = line.ending == Ending::kReply && take_word(terms, "getrim");
  const auto bkey = parse_bkey(terms.take());
  std::optional<Eflag> eflag = Eflag();
  if (terms.size() > 1 && is_hex(terms[0])) eflag = parse_eflag(terms.take());
  const auto size = parse_element_size(terms.take());
  std::optional<Attributes> attributes;
  if (!bkey || !eflag || !size || !take_create(call, terms, kType, attributes)) {
    return line.bad_line();
  }
  if (const auto waits = await_element(line, *size)) return *waits;
  std::optional<TrimmedElement> trimmed;
  return insert_element(
      line, kType, attributes, Tree::room_for(eflag->size(), *size),
      [&](Collection& tree, Blocks& blocks) {
        return btree_insert(tree, blocks, {*bkey, eflag->bytes(), line.value()},
                            {.replace = replace,
                             .most = most_elements(call.engine, tree),
                             .trimmed = get_trimmed ? &trimmed : nullptr});
      },
      [&](std::uint32_t flags) {
        return trimmed ? std::optional(tell_trimmed(line, flags, *trimmed)) : std::nullopt;
      });
}

// The number of bytes to come: -1 for none, and the value stays as it is.
std::optional<std::int64_t> parse_update_size(std::string_view word) {
  const auto size = parse_i64(word);
  return size && *size >= -1 && *size <= kMostBytes ? size : std::nullopt;
}

// What incr and decr want.
struct NumberChange {
  Bkey bkey;
  std::uint64_t by = 0;
  bool subtract = false;
  std::optional<std::uint64_t> initial;
  Eflag eflag;
};

// bkey, delta, [initial, [eflag]]
std::optional<NumberChange> parse_change(Terms& terms) {
  NumberChange change;
  const auto bkey = parse_bkey(terms.take());
  const auto by = parse_u64(terms.take());
  if (!bkey || !by || *by == 0) return std::nullopt;
  change.bkey = *bkey;
  change.by = *by;
  if (terms.empty()) return change;
  change.initial = parse_u64(terms.take());
  if (!change.initial) return std::nullopt;
  if (terms.empty()) return change;
  const auto eflag = parse_eflag(terms.take());
  if (!eflag || !terms.empty()) return std::nullopt;
  change.eflag = *eflag;
  return change;
}

// `number` becomes what the element then holds.
CollectionResult apply(Access& item, const NumberChange& change, std::uint32_t most,
                       std::uint64_t& number) {
  std::array<char, kMostDigits> digits;
  const auto text = [&] {
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
  };
  Collection& tree = *item->collection;
  if (!btree_accepts(tree, change.bkey.kind())) return CollectionResult::kBkeyMismatch;
  if (const auto at = btree_find(tree, change.bkey)) {
    const auto old = number_of(at.element().value);
    if (!old) return CollectionResult::kNotNumeric;
    number = change.subtract ? *old - std::min(*old, change.by) : *old + change.by;
    const Eflag eflag(at.element().tag);
    return tree.tree.replace(item.blocks(), at, eflag.bytes(), text())
               ? CollectionResult::kOk
               : CollectionResult::kNoMemory;
  }
  if (!change.initial) return CollectionResult::kNoElement;
  number = *change.initial;
  return btree_insert(tree, item.blocks(), {change.bkey, change.eflag.bytes(), text()},
                      {.most = most});
}

Progress change_number(Call& call, CollectionLine& line, bool subtract) {
  auto change = parse_change(line.terms);
  if (!change) return line.bad_line();
  change->subtract = subtract;
  Access item = call.engine.store().access_to_grow(
      line.key, Tree::room_for(Eflag::kMost, kMostDigits), call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  if (!item.has_room() || item.sticky_is_full()) return line.answer(kNoMemoryForCollection);
  std::uint64_t number = 0;
  const CollectionResult result =
      apply(item, *change, most_elements(call.engine, *item->collection), number);
  item.unlock();
  if (result != CollectionResult::kOk) return line.answer(answer_of(result));
  return line.answer_number({}, number);
}

}  // namespace

std::optional<std::size_t> value_of_bop_insert(const Terms& terms) {
  const bool has_eflag = terms.size() > 3 && is_hex(terms[2]);
  return parse_element_size(terms[has_eflag ? 3 : 2]);
}

Progress bop_insert(Call& call, CollectionLine& line) {
  return put(call, line, false);
}
Progress bop_upsert(Call& call, CollectionLine& line) {
  return put(call, line, true);
}

std::optional<std::size_t> value_of_bop_update(const Terms& terms) {
  const bool manners = terms.last() == "noreply" || terms.last() == "pipe";
  const std::size_t words = terms.size() - (manners ? 1 : 0);
  const auto size = words > 2 ? parse_update_size(terms[words - 1]) : std::nullopt;
  if (!size || *size < 0) return std::nullopt;
  return static_cast<std::size_t>(*size);
}

// bkey, [[offset operator] eflag], bytes
Progress bop_update(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const auto bkey = parse_bkey(terms.take());
  const auto size = parse_update_size(terms.last());
  if (!bkey || !size) return line.bad_line();
  terms.drop_last();
  BtreeUpdate update;
  if (!take_eflag_update(terms, update.eflag)) return line.bad_line();
  if (*size >= 0) {
    if (const auto waits = await_element(line, static_cast<std::size_t>(*size))) return *waits;
    update.value = line.value();
  } else if (!update.eflag) {
    return line.answer("NOTHING_TO_UPDATE\r\n");
  }
  // A value that stays may be written anew where another eflag needs the room.
  const std::size_t room =
      update.value ? update.value->size() : call.engine.limits().element_bytes.load();
  Access item = call.engine.store().access_to_grow(line.key, Tree::room_for(Eflag::kMost, room),
                                                   call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  if (!item.has_room() || item.sticky_is_full()) return line.answer(kNoMemoryForCollection);
  const CollectionResult result =
      btree_update(*item->collection, item.blocks(), *bkey, update);
  item.unlock();
  return line.answer(result == CollectionResult::kOk ? "UPDATED\r\n" : answer_of(result));
}

Progress bop_incr(Call& call, CollectionLine& line) {
  return change_number(call, line, false);
}
Progress bop_decr(Call& call, CollectionLine& line) {
  return change_number(call, line, true);
}

}  // namespace arcus::daemon
