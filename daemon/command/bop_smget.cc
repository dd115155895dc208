// bop smget: the elements of many b+trees as if all were one.
#include "daemon/command/bop.h"
#include "daemon/command/key_list.h"
#include "daemon/command/sort_merge.h"

namespace arcus::daemon {
namespace {

constexpr std::uint64_t kMostElements = 2000;

struct Merging : Remembered {
  Merging(std::unique_ptr<SortMerge> what, MergeMode how, KeptLine of)
      : merge(std::move(what)), mode(how), line(std::move(of)) {}

  std::unique_ptr<SortMerge> merge;
  MergeMode mode;
  KeptLine line;
  bool merged = false;
};

void tell_end(Line& line, SortMerge& merge, MergeMode mode) {
  merge.tell_missed(line);
  if (mode != MergeMode::kOld) merge.tell_trimmed(line);
  const bool trimmed = mode == MergeMode::kOld && merge.ended_in_trimmed();
  if (merge.duplicated()) {
    line.add(trimmed ? "DUPLICATED_TRIMMED\r\n" : "DUPLICATED\r\n");
  } else {
    line.add(trimmed ? "TRIMMED\r\n" : "END\r\n");
  }
}

MergeMode take_mode(Terms& terms) {
  if (take_word(terms, "unique")) return MergeMode::kUnique;
  return take_word(terms, "duplicate") ? MergeMode::kDuplicate : MergeMode::kOld;
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
    line.add(state.mode == MergeMode::kOld ? "VALUE " : "ELEMENTS ");
    line.add_number(merge.count());
    line.add("\r\n");
  }
  if (!merge.elements().send_some(call.reply)) return pause(call);
  Line line(call.reply);
  tell_end(line, merge, state.mode);
  return Progress::kDone;
}

}  // namespace

Progress bop_smget(Call& call, CollectionLine& line) {
  Terms& terms = line.terms;
  const MergeMode mode = take_mode(terms);
  auto query = parse_keys_query(terms);
  if (!query) return line.bad_line();
  const std::uint64_t elements = std::uint64_t{query->choice.offset} + query->choice.count;
  if (!is_sensible(*query) || query->keys > kMostListedKeys || elements > kMostElements) {
    return line.refuse(query->size, "CLIENT_ERROR bad value\r\n");
  }
  std::string keys;
  if (const auto waits = await_keys(line, *query, keys)) return *waits;
  auto merge = std::make_unique<SortMerge>(std::move(*query), mode, std::move(keys));
  call.session.remember<Merging>(std::move(merge), mode, line.keep());
  return go_on(call);
}

}  // namespace arcus::daemon
