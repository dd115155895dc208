// get, gets, gat, gats: keys without end, answered one by one; when the reply is full the rest of
// the keys waits until it has been sent.
#include "daemon/command/retrieval.h"

#include <string>

#include "daemon/command/values.h"

namespace arcus::daemon {
namespace {

// What is wanted of every key.
struct Wanted {
  bool cas = false;
  bool touch = false;
  Seconds expires = kNever;
};

struct Retrieving : Remembered {
  Wanted wanted;
  std::string keys;     // those not answered yet
  bool more = false;    // further pieces of the list follow
  bool failed = false;  // an error was answered: the rest of the list is passed over
};

void add_item(Reply& reply, const Key& key, Access& access, bool with_cas) {
  constexpr std::string_view kBegin = "VALUE ";
  constexpr std::size_t kRest = kBegin.size() + 3 * (1 + kMostDigits) + 2;
  const ItemView& item = *access;
  const bool copied = is_copied(item);
  char* at = reply.room(kRest + key.text.size() + (copied ? item.value.size() + 2 : 0));
  at = put(put(at, kBegin), key.text);
  *at++ = ' ';
  at = put_number(at, item.flags);
  *at++ = ' ';
  at = put_number(at, item.value.size());
  if (with_cas) {
    *at++ = ' ';
    at = put_number(at, access.cas());
  }
  at = put(at, "\r\n");
  if (copied) at = put(put(at, item.value), "\r\n");
  reply.wrote(at);
  if (!copied) pin_value(reply, access);
}

void answer_key(Call& call, const Wanted& wanted, const Key& key) {
  ThreadStats& stats = call.stats;
  Store& store = call.engine.store();
  stats.cmd_get.add();
  if (wanted.touch) stats.cmd_touch.add();
  Access item =
      wanted.touch ? store.access_to_change(key, 0, call.now) : store.access(key, call.now);
  if (!item || item.collection() != nullptr) {
    stats.get_misses.add();
    if (wanted.touch) stats.touch_misses.add();
    return;
  }
  stats.get_hits.add();
  item.hit();
  add_item(call.reply, key, item, wanted.cas);
  if (!wanted.touch) return;
  stats.touch_hits.add();
  // There is no answer that says that no more sticky items fit; the item then stays as it was.
  static_cast<void>(item.set_expiry(wanted.expires));
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

// Answers keys until the reply is full; those that are left then, or nothing.
std::string_view answer_some(Call& call, const Wanted& wanted, std::string_view keys,
                             std::uint64_t first_hash) {
  Words words(keys);
  while (true) {
    const KeyGroup group(call.engine.store(), words, first_hash);
    first_hash = 0;
    for (const Key& key : group) {
      answer_key(call, wanted, key);
      if (call.reply.full()) return keys.substr(key.text.data() + key.text.size() - keys.data());
    }
    if (group.end() < group.begin() + KeyGroup::kMost) return {};
  }
}

Progress answer_more(Call& call);

// `state` is null as long as nothing needs to be remembered.
Progress answer(Call& call, const Wanted& wanted, Retrieving* state, std::string_view keys,
                std::uint64_t first_hash) {
  const std::string_view left = answer_some(call, wanted, keys, first_hash);
  if (left.data() == nullptr) return say(call, "END\r\n", state != nullptr && state->more);
  call.stats.conn_yields.add();
  if (state == nullptr) {
    state = &call.session.remember<Retrieving>();
    state->wanted = wanted;
  }
  state->keys = std::string(left);
  return call.session.yield(answer_more);
}

Progress answer_more(Call& call) {
  auto& state = call.session.remembered<Retrieving>();
  const std::string keys = std::move(state.keys);
  return answer(call, state.wanted, &state, keys, 0);
}

Progress fail(Call& call, Retrieving* state, std::string_view error) {
  if (state != nullptr) state->failed = true;
  return say(call, error);
}

Progress retrieve(Call& call, const Request& request, Wanted wanted) {
  Retrieving* state = nullptr;
  if (request.continued) {
    state = &call.session.remembered<Retrieving>();
    wanted = state->wanted;
    state->more = request.more;
    if (state->failed) return Progress::kDone;
  } else if (request.more) {
    state = &call.session.remember<Retrieving>();
    state->more = true;
  }
  Words words(request.arguments);
  if (!request.continued) {
    const std::string_view first = wanted.touch ? words.next() : Words(words).next();
    if (first.empty()) return fail(call, state, kUnknownCommand);
    if (wanted.touch) {
      const auto exptime = parse_i64(first);
      if (!exptime) return fail(call, state, kBadExptime);
      wanted.expires = expiry_of(*exptime, call.now);
    }
    if (state != nullptr) state->wanted = wanted;
  }
  if (!keys_fit(words.rest())) return fail(call, state, kBadLine);
  return answer(call, wanted, state, words.rest(), wanted.touch ? 0 : request.hash);
}

// As most requests do: then there is no list to be gone through.
bool has_one_key(const Request& request) {
  const std::string_view key = request.key;
  return !request.continued && !request.more && !key.empty() && key.size() <= kMaxKey &&
         key.data() + key.size() == request.arguments.data() + request.arguments.size();
}

Progress answer_one(Call& call, const Request& request, const Wanted& wanted) {
  answer_key(call, wanted, {request.key, request.hash});
  return say(call, "END\r\n");
}

}  // namespace

std::string_view answer_keys(Call& call, bool with_cas, std::string_view keys) {
  return answer_some(call, {.cas = with_cas}, keys, 0);
}

Progress command_get(Call& call, const Request& request) {
  return has_one_key(request) ? answer_one(call, request, {}) : retrieve(call, request, {});
}
Progress command_gets(Call& call, const Request& request) {
  constexpr Wanted kWanted{.cas = true};
  return has_one_key(request) ? answer_one(call, request, kWanted)
                              : retrieve(call, request, kWanted);
}
Progress command_gat(Call& call, const Request& request) {
  return retrieve(call, request, {.touch = true});
}
Progress command_gats(Call& call, const Request& request) {
  return retrieve(call, request, {.cas = true, .touch = true});
}

}  // namespace arcus::daemon
