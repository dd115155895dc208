#include "daemon/command/elements_read.h"

#include <algorithm>
#include <utility>

#include "daemon/command/long_text.h"

namespace arcus::daemon {
namespace {

// What is done without a pause: some 100 microseconds.
constexpr std::uint32_t kSliceElements = 1000;
// After so many that were in vain, no more pauses are made.
constexpr int kMostAttempts = 4;

// Tells the elements from number `done` on. How far it has come: a slice, or all; `whole`: all in any
// case.
std::uint32_t tell_some(const ElementsRead& read, PlacesWalk& walk, Line& line, std::uint32_t done,
                        bool whole) {
  const std::uint32_t count = walk.places().count();
  const std::uint32_t end = whole ? count : std::min(count, done + kSliceElements);
  std::size_t bytes = 0;
  for (; done < end && (whole || bytes < LongText::kPiece); ++done) {
    const Element element = walk.element(done);
    read.tell(line, element);
    bytes += element.tag.size() + element.value.size();
  }
  return done;
}

// When everything has been told: takes the elements away if they are to go, and says how it ends.
std::string_view finish(const ElementsRead& read, Access& item,
                        const ElementsRead::Places& places) {
  if (read.removal() == Removal::kNone) return read.ending();
  if (places.is_listed) {
    erase_places(item, places.listed);
  } else {
    item->collection->tree.erase(item.blocks(), places.span.lowest(), places.span.count);
  }
  return removed(item, read.removal() == Removal::kDrop);
}

struct LongRead : Remembered {
  LongRead(std::unique_ptr<ElementsRead> what, KeptLine of)
      : read(std::move(what)), line(std::move(of)) {}

  void begin_anew() {
    places = {};
    done = 0;
    text.clear();
    ++attempts;
  }

  std::unique_ptr<ElementsRead> read;
  KeptLine line;
  std::uint32_t version = 0;  // of the collection
  int attempts = 0;
  ElementsRead::Places places;
  std::uint32_t done = 0;  // elements
  LongText text;
  bool complete = false;  // it is all there
};

// The next slice. True: all is told, or there is nothing to tell, and the answer is complete.
bool gather_some(Call& call, LongRead& state, Access& item) {
  Reply slice;
  const std::string_view why = not_to_be_read(item, state.read->type());
  if (why.empty() && state.version != item->collection->version) {
    state.begin_anew();
    state.version = item->collection->version;
  }
  const bool whole = state.attempts >= kMostAttempts;
  std::string_view instead = why;
  while (instead.empty() && (state.places.unfinished || state.done == 0)) {
    instead = state.read->find(call, *item->collection, state.places);
    if (!state.places.unfinished) break;
    if (!whole) return false;
  }
  CollectionLine asked(call, state.line);
  if (!instead.empty()) {
    asked.count(outcome_of_read(instead));
    state.text.clear();
    slice.add(instead);
    state.text.add(slice);
    return true;
  }
  Line line(slice);
  if (state.done == 0) state.read->tell_head(line, item->flags, state.places.count());
  PlacesWalk walk(item->collection->tree, state.places);
  state.done = tell_some(*state.read, walk, line, state.done, whole);
  const bool all = state.done == state.places.count();
  if (all) {
    line.add(finish(*state.read, item, state.places));
    asked.count(Outcome::kHit);
  }
  line.flush();
  state.text.add(slice);
  return all;
}

Progress go_on(Call& call) {
  auto& state = call.session.remembered<LongRead>();
  call.stats.conn_yields.add();
  if (!state.complete) {
    Access item =
        call.engine.store().access({state.line.key, state.line.hash}, call.now);
    state.complete = gather_some(call, state, item);
  }
  const bool sent = state.complete && state.text.send_some(call.reply);
  return sent ? Progress::kDone : call.session.yield(go_on);
}

}  // namespace

Element PlacesWalk::element(std::uint32_t number) {
  // What lies near is reached sooner step by step.
  constexpr std::uint32_t kNear = 16;
  const std::uint32_t index = places_.index(number);
  const std::uint32_t ahead = index - index_;  // far, where it is behind
  const std::uint32_t behind = index_ - index;
  if (!at_ || (ahead > kNear && behind > kNear)) {
    at_ = tree_.at(index);
  } else {
    for (; index_ < index; ++index_) at_.next();
    for (; index_ > index; --index_) at_.prev();
  }
  index_ = index;
  return at_.element();
}

Outcome outcome_of_read(std::string_view text) {
  return text == answer_of(CollectionResult::kOutOfRange) ? Outcome::kMiss : outcome_of(text);
}

void ElementsRead::tell_head(Line& line, std::uint32_t flags, std::uint32_t count) const {
  add_head(line, flags, count);
}

void erase_places(Access& item, std::vector<std::uint32_t> places) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  Tree& tree = item->collection->tree;
  Blocks& blocks = item.blocks();
  // From behind, so that the others stay where they are; neighbours at once.
  for (std::size_t end = places.size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && places[begin - 1] + 1 == places[begin]) --begin;
    tree.erase(blocks, places[begin], static_cast<std::uint32_t>(end - begin));
    end = begin;
  }
}

Progress read_elements(CollectionLine& line, ElementsRead& read) {
  Call& call = line.call;
  Access item = call.engine.store().access(line.key, call.now);
  if (const auto why = not_to_be_read(item, read.type()); !why.empty()) return line.answer(why);
  item.hit();
  const Collection& collection = *item->collection;
  ElementsRead::Places places;
  if (const auto text = read.find(call, collection, places); !text.empty()) {
    return line.answer(text, outcome_of_read(text));
  }
  call.elements = places.unfinished ? places.searched : places.count();
  if (!places.unfinished) {
    const std::size_t before = call.reply.mark();
    Line told(call.reply);
    read.tell_head(told, item->flags, places.count());
    PlacesWalk walk(collection.tree, places);
    if (tell_some(read, walk, told, 0, false) == places.count()) {
      told.add(finish(read, item, places));
      line.count(Outcome::kHit);
      return Progress::kDone;
    }
    told.flush();
    call.reply.rewind(before);
  }
  auto& state = call.session.remember<LongRead>(read.keep(), line.keep());
  state.version = collection.version;
  item.unlock();
  return call.session.yield(go_on);
}

}  // namespace arcus::daemon
