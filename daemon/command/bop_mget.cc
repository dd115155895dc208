// bop mget: the same range of many b+trees, one after another.
#include "daemon/command/bop.h"
#include "daemon/command/bop_keys.h"
#include "daemon/command/btree_terms.h"
#include "daemon/command/values.h"

namespace arcus::daemon {
namespace {

// What is looked at without a pause, with filters: about a millisecond.
constexpr std::uint32_t kMostSearched = 20'000;

struct Reading {
  KeysQuery query;
  std::string keys;
  std::size_t done = 0;  // bytes of them
};

struct KeptReading : Remembered {
  KeptReading(Reading what, KeptLine of) : reading(std::move(what)), line(std::move(of)) {}
  Reading reading;
  KeptLine line;
};

// How many elements were looked at.
std::uint32_t answer_key(Call& call, const KeysQuery& query, const Key& key) {
  Line line(call.reply);
  line.add("VALUE ");
  line.add(key.text);
  line.add(' ');
  Access item = call.engine.store().access(key, call.now);
  std::string_view why = not_to_be_read(item, CollectionType::kBtree);
  RangeRead read(query.choice, Removal::kNone);
  ElementsRead::Places places;
  if (why.empty()) {
    item.hit();
    do {
      why = read.find(call, *item->collection, places);
    } while (places.unfinished);
  }
  const Outcome outcome = why.empty() ? Outcome::kHit : outcome_of_read(why);
  count(call.stats, counts::bop_get, outcome);
  if ((call.attention & Engine::kDetail) != 0) [[unlikely]] {
    count_in_detail(call, key.text, counts::bop_get, outcome);
  }
  if (!why.empty()) {
    line.add(why);
    return places.searched;
  }
  line.add(read.trimmed() ? "TRIMMED " : "OK ");
  line.add_number(item->flags);
  line.add(' ');
  line.add_number(places.count());
  line.add("\r\n");
  PlacesWalk walk(item->collection->tree, places);
  for (std::uint32_t i = 0; i < places.count(); ++i) {
    line.add("ELEMENT ");
    add_btree_element(line, walk.element(i));
  }
  return places.searched + places.count();
}

Progress go_on(Call& call);

// Answers keys until it is time for a pause; whether that was all.
bool answer_some(Call& call, Reading& reading) {
  std::uint32_t searched = 0;
  Words words(std::string_view(reading.keys).substr(reading.done));
  while (true) {
    const KeyGroup group(call.engine.store(), words, 0);
    for (const Key& key : group) {
      if (call.reply.full() || searched > kMostSearched) return false;
      searched += answer_key(call, reading.query, key);
      reading.done =
          static_cast<std::size_t>(key.text.data() + key.text.size() - reading.keys.data());
    }
    if (group.end() < group.begin() + KeyGroup::kMost) return true;
  }
}

Progress go_on(Call& call) {
  auto& state = call.session.remembered<KeptReading>();
  if (answer_some(call, state.reading)) {
    return CollectionLine(call, state.line).answer("END\r\n");
  }
  call.stats.conn_yields.add();
  return call.session.yield(go_on);
}

}  // namespace

Progress bop_mget(Call& call, CollectionLine& line) {
  constexpr std::uint32_t kMostKeys = 200;
  constexpr std::uint32_t kMostElements = 50;
  auto query = parse_keys_query(line.terms);
  if (!query) return line.bad_line();
  if (!is_sensible(*query) || query->keys > kMostKeys || query->choice.count > kMostElements) {
    return line.refuse(query->size, "CLIENT_ERROR bad value\r\n");
  }
  Reading reading{std::move(*query), {}};
  if (const auto waits = await_keys(line, reading.query, reading.keys)) return *waits;
  if (answer_some(call, reading)) return line.answer("END\r\n");
  call.session.remember<KeptReading>(std::move(reading), line.keep());
  call.stats.conn_yields.add();
  return call.session.yield(go_on);
}

}  // namespace arcus::daemon
