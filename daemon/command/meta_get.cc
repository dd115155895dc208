// mg: an item, as much of it as the flags ask for, and what it does to it.
#include <algorithm>

#include "daemon/command/meta_flags.h"
#include "daemon/command/values.h"

namespace arcus::daemon {
namespace {

// What the request does to the item, found out before anything of the answer is written.
struct Effect {
  bool created = false;
  bool won = false;      // the client is to renew it
  bool was_won = false;  // another one is
  Seconds old_expires = kNever;
};

// How the item is to be opened; what is found there may ask for more than one had thought of.
enum class Purpose { kRead, kChange, kMake };

Access open_item(Store& store, const MetaRequest& meta, Purpose purpose, Seconds now) {
  if (purpose == Purpose::kMake) return store.access_to_put(meta.key(), 0, now);
  if (purpose == Purpose::kChange) return store.access_to_change(meta.key(), 0, now);
  return store.access(meta.key(), now);
}

Effect effect_on(const Access& item, const MetaRequest& meta, bool created) {
  Effect effect;
  effect.created = created;
  effect.was_won = item->won && !created;
  effect.old_expires = created ? kNever : item->expires;
  Seconds expires = effect.old_expires;
  for (const std::string_view flag : meta) {
    expires = meta.expires_after(flag, expires, created);
    const bool ends = expires != kNever && expires != kSticky;
    if (flag[0] == 'R' && !created && !item->won && ends && expires < meta.recache) {
      effect.won = true;
    }
  }
  if (created || (item->stale && !item->won)) effect.won = true;
  return effect;
}

StoreResult apply(Access& item, const Effect& effect, const MetaRequest& meta) {
  if (effect.won) {
    const StoreResult marked = item.set_marks(item->stale, true);
    if (marked != StoreResult::kStored) return marked;
  }
  return meta.has('T') ? item.set_expiry(meta.expires) : StoreResult::kStored;
}

void add_flags(Line& line, Access& item, const Effect& effect, const MetaRequest& meta,
               Seconds now) {
  Seconds expires = effect.old_expires;
  for (const std::string_view flag : meta) {
    expires = meta.expires_after(flag, expires, effect.created);
    switch (flag[0]) {
      case 's':
        line.add(" s");
        line.add_number(item->value.size());
        break;
      case 't':
        add_time_left(line, expires, now);
        break;
      case 'c':
        line.add(" c");
        line.add_number(item.cas());
        break;
      case 'f':
        line.add(" f");
        line.add_number(item->flags);
        break;
      case 'l':
        line.add(" l");
        line.add_number(now - std::min(now, item->stored));
        break;
      case 'h':
        line.add(item->fetched ? " h1" : " h0");
        break;
      default:
        meta.echo(line, flag);
    }
  }
  if (effect.was_won) line.add(" Z");
  if (item->stale) line.add(" X");
  if (effect.won) line.add(" W");
  line.add("\r\n");
}

void count(Call& call, const MetaRequest& meta, bool hit) {
  ThreadStats& stats = call.stats;
  stats.cmd_get.add();
  (hit ? stats.get_hits : stats.get_misses).add();
  if (!meta.has('T')) return;
  stats.cmd_touch.add();
  (hit ? stats.touch_hits : stats.touch_misses).add();
}

Progress miss(Call& call, const MetaRequest& meta) {
  count(call, meta, false);
  if (meta.has('q')) return Progress::kDone;
  Line line(call.reply);
  line.add("EN");
  meta.echo_all(line);
  line.add("\r\n");
  return Progress::kDone;
}

Progress hit(Call& call, const MetaRequest& meta, Access& item, const Effect& effect) {
  count(call, meta, true);
  Line line(call.reply);
  if (meta.has('v')) {
    line.add("VA ");
    line.add_number(item->value.size());
  } else {
    line.add("HD");
  }
  add_flags(line, item, effect, meta, call.now);
  if (meta.has('v')) add_value(call.reply, line, item);
  if (!meta.has('u')) item.hit();
  return Progress::kDone;
}

Progress make(Call& call, const MetaRequest& meta, Access& item) {
  const StoreResult result = item.put({.value = {},
                                       .more = {},
                                       .expires = meta.expires_after(kNever, true),
                                       .cas = meta.new_cas,
                                       .won = true});
  if (result != StoreResult::kStored) return miss(call, meta);
  return hit(call, meta, item, effect_on(item, meta, true));
}

Progress get(Call& call, const MetaRequest& meta) {
  const bool changes = meta.has('T') || meta.has('R') || meta.has('N');
  Purpose purpose = changes ? Purpose::kChange : Purpose::kRead;
  while (true) {
    Access item = open_item(call.engine.store(), meta, purpose, call.now);
    // A collection has no value to be got this way.
    if (item && item->collection != nullptr) return miss(call, meta);
    if (!item) {
      if (!meta.has('N')) return miss(call, meta);
      if (purpose == Purpose::kMake) return make(call, meta, item);
      purpose = Purpose::kMake;
      continue;
    }
    const Effect effect = effect_on(item, meta, false);
    if (purpose == Purpose::kMake || (purpose == Purpose::kRead && effect.won)) {
      purpose = Purpose::kChange;
      continue;
    }
    if (apply(item, effect, meta) != StoreResult::kStored) return say(call, kOutOfMemory);
    return hit(call, meta, item, effect);
  }
}

}  // namespace

Progress command_mg(Call& call, const Request& request) {
  const MetaRequest meta(call.engine.store(), request, 0, call.now);
  if (meta.words() == 0) return say(call, kUnknownCommand);
  if (meta.key_too_long()) return say(call, kBadLine);
  if (meta.too_many()) return say(call, "CLIENT_ERROR options flags are too long\r\n");
  if (!meta.error().empty()) return say(call, meta.error());
  if (meta.opaque_too_long()) return say(call, kOpaqueTooLong);
  return get(call, meta);
}

}  // namespace arcus::daemon
