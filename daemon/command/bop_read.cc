// bop get, count, delete.
#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/command/bop.h"
#include "daemon/command/bop_range.h"
#include "daemon/command/btree_terms.h"

namespace arcus::daemon {
namespace {

constexpr CollectionType kType = CollectionType::kBtree;
// count and delete with a filter: some thousand elements, then the others have their turn, and it
// goes on behind the last bkey it saw. What changes meanwhile it sees or not, as if it had come
// earlier or later.
struct Walk {
  BkeyRange range;  // what is left of it
  EflagFilter filter;
  bool deletes = false;
  bool drop = false;
  std::uint32_t most = 0;  // to be found; 0: all
  std::uint32_t found = 0;
  std::uint32_t searched = 0;
  bool begun = false;  // the range's first bkey has been seen
};

struct KeptWalk : Remembered {
  KeptWalk(Walk what, KeptLine of) : walk(std::move(what)), line(std::move(of)) {}
  Walk walk;
  KeptLine line;
};

// Whether there is nothing left to be looked at.
bool walk_some(Access& item, Walk& walk) {
  constexpr std::uint32_t kSlice = 2000;
  const Collection& tree = *item->collection;
  IndexSpan span = btree_span(tree, walk.range);
  if (walk.begun && span.count > 0 && Bkey(tree.tree.at(span.first).key()) == walk.range.from) {
    span = span.part(1, 0);
  }
  if (span.count == 0) return true;
  const IndexSpan slice = span.part(0, kSlice);
  const std::uint32_t last = slice.forward ? slice.first + slice.count - 1 : slice.lowest();
  walk.range.from = Bkey(tree.tree.at(last).key());
  walk.begun = true;
  walk.searched += slice.count;
  std::vector<std::uint32_t> places;
  bool enough = false;
  FilteredSearch(tree, walk.filter, slice).run(0, kSlice, [&](std::uint32_t index) {
    ++walk.found;
    if (walk.deletes) places.push_back(index);
    enough = walk.found == walk.most;
    return !enough;
  });
  if (!places.empty()) erase_places(item, std::move(places));
  return enough || slice.count == span.count;
}

Progress tell_walk(CollectionLine& line, Access& item, const Walk& walk) {
  if (!walk.deletes) {
    item.unlock();
    return line.answer_number("COUNT=", walk.found);
  }
  if (walk.found == 0) return line.answer(kNoElement);
  const bool there = missing(item, kType).empty();
  const std::string_view text = there ? removed(item, walk.drop) : "DELETED\r\n";
  item.unlock();
  return line.answer(text);
}

Progress walk_on(Call& call) {
  auto& state = call.session.remembered<KeptWalk>();
  CollectionLine line(call, state.line);
  Access item = call.engine.store().access(line.key, call.now);
  Walk& walk = state.walk;
  const bool there = missing(item, kType).empty() &&
                     btree_accepts(*item->collection, walk.range.from.kind());
  if (there && !walk_some(item, walk)) {
    call.stats.conn_yields.add();
    return call.session.yield(walk_on);
  }
  return tell_walk(line, item, walk);
}

Progress begin_walk(CollectionLine& line, Access& item, Walk walk) {
  const bool done = walk_some(item, walk);
  line.call.elements = walk.searched;
  if (done) return tell_walk(line, item, walk);
  item.unlock();
  line.call.session.remember<KeptWalk>(std::move(walk), line.keep());
  return line.call.session.yield(walk_on);
}

}  // namespace

// range, [filter], [[offset] count], [delete|drop]
Progress bop_get(Call&, CollectionLine& line) {
  Terms& terms = line.terms;
  RangeChoice choice;
  const auto range = parse_bkey_range(terms.take());
  if (!range || !take_filter(terms, choice.filter)) return line.bad_line();
  choice.range = *range;
  const Removal removal = take_removal(terms);
  if (terms.size() > 2) return line.bad_line();
  if (terms.size() == 2) {
    const auto offset = parse_u32(terms.take());
    if (!offset) return line.bad_line();
    choice.offset = *offset;
  }
  if (!terms.empty()) {
    const auto count = parse_u32(terms.take());
    if (!count) return line.bad_line();
    choice.count = *count;
  }
  RangeRead read(std::move(choice), removal);
  return read_elements(line, read);
}

// range, [filter]
Progress bop_count(Call& call, CollectionLine& line) {
  const auto range = parse_bkey_range(line.terms.take());
  std::optional<EflagFilter> filter;
  if (!range || !take_filter(line.terms, filter) || !line.terms.empty()) return line.bad_line();
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = not_to_be_read(item, kType); !why.empty()) return line.answer(why);
  item.hit();
  const Collection& tree = *item->collection;
  const KeyKind kind = btree_kind(tree);
  if (kind != KeyKind::kNone && kind != range->from.kind()) {
    return line.answer(answer_of(CollectionResult::kBkeyMismatch));
  }
  if (filter && tree.size() > 0) {
    return begin_walk(line, item, {.range = *range, .filter = std::move(*filter)});
  }
  return line.answer_number("COUNT=", tree.size() == 0 ? 0 : btree_span(tree, *range).count);
}

// range, [filter], [count], [drop]
Progress bop_delete(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const auto range = parse_bkey_range(terms.take());
  std::optional<EflagFilter> filter;
  if (!range || !take_filter(terms, filter)) return line.bad_line();
  const bool drop = take_word(terms, "drop");
  std::optional<std::uint32_t> most = 0;
  if (!terms.empty()) most = parse_u32(terms.take());
  if (!most || !terms.empty()) return line.bad_line();
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = missing(item, kType); !why.empty()) return line.answer(why);
  Collection& tree = *item->collection;
  if (tree.size() == 0) return line.answer(kNoElement);
  if (!btree_accepts(tree, range->from.kind())) {
    return line.answer(answer_of(CollectionResult::kBkeyMismatch));
  }
  if (filter) {
    return begin_walk(line, item,
                      {.range = *range,
                       .filter = std::move(*filter),
                       .deletes = true,
                       .drop = drop,
                       .most = *most});
  }
  const IndexSpan span = btree_span(tree, *range).part(0, *most);
  if (span.count == 0) return line.answer(kNoElement);
  call.elements = span.count;
  tree.tree.erase(item.blocks(), span.lowest(), span.count);
  const std::string_view text = removed(item, drop);
  item.unlock();
  return line.answer(text);
}

}  // namespace arcus::daemon
