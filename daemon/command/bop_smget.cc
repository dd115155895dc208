// bop smget: the elements of many b+trees as if all were one.
#include "daemon/command/bop.h"
#include "daemon/command/key_list.h"
#include "daemon/command/sort_merge.h"

namespace arcus::daemon {
namespace {

constexpr std::uint64_t kMostElements = 2000;

struct Merging : Remembered {
  Merging(std::unique_ptr<SortMerge> what, KeptLine of)
      : merge(std::move(what)), line(std::move(of)) {}

  std::unique_ptr<SortMerge> merge;
  KeptLine line;
  bool merged = false;
};

void tell_end(Call& call, SortMerge& merge) {
  Line line(call.reply);
  merge.tell_missed(line);
  merge.tell_trimmed(line);
  line.add(merge.duplicated() ? "DUPLICATED\r\n" : "END\r\n");
}

Progress go_on(Call& call);

Progress pause(Call& call) {
  call.stats.conn_yields.add();
  return call.session.yield(go_on);
}

Progress go_on(Call& call) {
  auto& state = call.session.remembered<Merging>();
  SortMerge& merge = *state.merge;
  if (!state.merged) {
    if (!merge.step(call)) return pause(call);
    CollectionLine asked(call, state.line);
    if (!merge.error().empty()) return asked.answer(merge.error());
    asked.count(Outcome::kHit);
    state.merged = true;
    Line line(call.reply);
    line.add("ELEMENTS ");
    line.add_number(merge.count());
    line.add("\r\n");
  }
  if (!merge.elements().send_some(call.reply)) return pause(call);
  tell_end(call, merge);
  return Progress::kDone;
}

}  // namespace

Progress bop_smget(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const bool unique = take_word(terms, "unique");
  if (!unique && !take_word(terms, "duplicate")) return line.bad_line();
  auto query = parse_keys_query(terms);
  if (!query) return line.bad_line();
  const std::uint64_t elements = std::uint64_t{query->choice.offset} + query->choice.count;
  if (!is_sensible(*query) || query->keys > kMostListedKeys || elements > kMostElements) {
    return line.refuse(query->size, "CLIENT_ERROR bad value\r\n");
  }
  std::string keys;
  if (const auto waits = await_keys(line, *query, keys)) return *waits;
  auto merge = std::make_unique<SortMerge>(std::move(*query), unique, std::move(keys));
  call.session.remember<Merging>(std::move(merge), line.keep());
  return go_on(call);
}

}  // namespace arcus::daemon
