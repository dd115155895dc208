// get, gets, gat, gats: keys without end, answered one by one; when the reply is full the rest of
// the keys waits until it has been sent.
#include <utility>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

// Above this a value is sent from where it lies.
constexpr std::size_t kPinFrom = 16 * 1024;

void release_pin(void* memory, void* item) {
  drop_item(*static_cast<Memory*>(memory), static_cast<Item*>(item));
}

void add_value(Reply& reply, ItemRef item, bool with_cas) {
  reply.add("VALUE ");
  reply.add(item->key());
  reply.add(" ");
  reply.add_number(item->flags);
  reply.add(" ");
  reply.add_number(item->value_size - 2);
  if (with_cas) {
    reply.add(" ");
    reply.add_number(item->cas);
  }
  reply.add("\r\n");
  if (item->value_size < kPinFrom) {
    reply.add(item->line());
    return;
  }
  const std::string_view line = item->line();
  Memory* memory = item.memory();
  reply.add_pinned(line, Pin(memory, item.release(), release_pin));
}

ItemRef look_up(Call& call, std::string_view key) {
  const auto& state = call.session.retrieving;
  call.stats.cmd_get.add();
  ItemRef item;
  if (state.touch) {
    item = call.engine.store().find_and_touch(key, state.expires, call.now).second;
    call.stats.cmd_touch.add();
    (item ? call.stats.touch_hits : call.stats.touch_misses).add();
  } else {
    item = call.engine.store().find(key, call.now);
  }
  (item ? call.stats.get_hits : call.stats.get_misses).add();
  return item;
}

// A key that is too long spoils the whole request, so it is looked for before anything is answered.
bool keys_fit(std::string_view keys) {
  if (keys.size() <= kMaxKey) return true;
  Words words(keys);
  for (auto key = words.next(); !key.empty(); key = words.next()) {
    if (key.size() > kMaxKey) return false;
  }
  return true;
}

Progress answer_more(Call& call);

Progress answer(Call& call, std::string_view keys) {
  auto& state = call.session.retrieving;
  Words words(keys);
  for (auto key = words.next(); !key.empty(); key = words.next()) {
    if (ItemRef item = look_up(call, key)) add_value(call.reply, std::move(item), state.with_cas);
    if (!call.reply.full()) continue;
    call.stats.conn_yields.add();
    state.keys = std::string(words.rest());
    return call.session.yield(answer_more);
  }
  return say(call, "END\r\n", state.more);
}

Progress answer_more(Call& call) {
  const std::string keys = std::exchange(call.session.retrieving.keys, {});
  return answer(call, keys);
}

Progress retrieve(Call& call, const Request& request, bool with_cas, bool touch) {
  auto& state = call.session.retrieving;
  Words words(request.arguments);
  if (!request.continued) {
    state.with_cas = with_cas;
    state.touch = touch;
    state.failed = true;
    const std::string_view first = touch ? words.next() : Words(words).next();
    if (first.empty()) return say(call, kUnknownCommand);
    if (touch) {
      const auto exptime = parse_i64(first);
      if (!exptime) return say(call, kBadExptime);
      state.expires = expiry_of(*exptime, call.now);
    }
    state.failed = false;
  }
  state.more = request.more;
  if (state.failed) return Progress::kDone;
  if (!keys_fit(words.rest())) {
    state.failed = true;
    return say(call, kBadLine);
  }
  return answer(call, words.rest());
}

}  // namespace

Progress command_get(Call& call, const Request& request) {
  return retrieve(call, request, false, false);
}
Progress command_gets(Call& call, const Request& request) {
  return retrieve(call, request, true, false);
}
Progress command_gat(Call& call, const Request& request) {
  return retrieve(call, request, false, true);
}
Progress command_gats(Call& call, const Request& request) {
  return retrieve(call, request, true, true);
}

}  // namespace arcus::daemon
