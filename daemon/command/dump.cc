// dump, stats dump, stats cachedump: keys into a file, and some of them as an answer.
#include <algorithm>
#include <string>

#include "core/base/log.h"
#include "daemon/command/attributes.h"
#include "daemon/command/prefix.h"
#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

constexpr std::uint32_t kMostClass = 200;
constexpr std::uint32_t kUsualLimit = 50;
constexpr std::uint32_t kMostLimit = 200;

Progress start_dump(Call& call, const Arguments& arguments) {
  KeyDump::Options options;
  options.delimiter = call.engine.config().prefix_delimiter;
  options.path = std::string(arguments[arguments.count - 1]);
  if (arguments.count == 4) {
    if (arguments[2].size() > kMostPrefix) return say(call, "CLIENT_ERROR too long prefix name\r\n");
    options.prefix = std::string(named_prefix(arguments[2]));
  }
  if (arguments[1] != "key") return say(call, "NOT_SUPPORTED\r\n");
  Engine& engine = call.engine;
  const Status status =
      engine.key_dump().start(engine.store(), [&engine] { return engine.now(); }, options);
  if (status) return say(call, "OK\r\n");
  log::warning("no dump: " + status.error().message);
  return say(call, "SERVER_ERROR failed. refer to the reason in server log.\r\n");
}

struct Showing : Remembered {
  Store::Cursor cursor;
  std::uint32_t left = 0;
  bool sticky = false;
};

Progress show_more(Call& call) {
  auto& state = call.session.remembered<Showing>();
  const Seconds started = call.engine.started();
  const auto since = [started](Seconds time) { return time > started ? time - started : 0; };
  const auto show = [&](const ItemView& item, std::uint64_t) {
    if (state.left == 0 || (item.expires == kSticky) != state.sticky) return;
    --state.left;
    const bool ends = item.expires != kNever && item.expires != kSticky;
    Line line(call.reply);
    line.add("ITEM ");
    line.add(item.key);
    line.add(" [acctime=");
    line.add_number(since(item.stored));
    line.add(", exptime=");
    line.add_signed(item.expires == kSticky ? -1 : ends ? since(item.expires) : 0);
    line.add("]\r\n");
  };
  bool more = true;
  for (int i = 0; i < 8 && more && state.left > 0; ++i) {
    more = call.engine.store().visit(state.cursor, call.now, show);
  }
  if (more && state.left > 0) return call.session.yield(show_more);
  call.reply.add("END [curtime=");
  call.reply.add_number(since(call.now));
  return say(call, "]\r\n");
}

}  // namespace

Progress command_dump(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count == 0) return say(call, kUnknownCommand);
  const bool start = arguments.count == 3 || arguments.count == 4;
  if (start && arguments[0] == "start") return start_dump(call, arguments);
  if (arguments.count != 1 || arguments[0] != "stop") return say(call, kBadLine);
  call.engine.key_dump().stop();
  return say(call, "OK\r\n");
}

Progress stats_dump(Call& call) {
  const KeyDump::State state = call.engine.key_dump().state();
  Reply& reply = call.reply;
  add_stat(reply, "dumper:status", state.running ? "running" : "stopped");
  if (!state.running) add_stat(reply, "dumper:success", state.success ? "true" : "false");
  if (state.started == 0) return end_stats(call);
  add_stat(reply, "dumper:mode", "key");
  if (state.stopped != 0) add_stat(reply, "dumper:last_run", state.stopped - state.started);
  add_stat(reply, "dumper:dumped", state.dumped);
  const auto& prefix = state.options.prefix;
  add_stat(reply, "dumper:prefix",
           !prefix ? "<all>" : prefix->empty() ? kNullPrefix : std::string_view(*prefix));
  add_stat(reply, "dumper:filepath", state.options.path);
  return end_stats(call);
}

// There are no lists of what was used last: any items are as good as others, from whichever end.
Progress stats_cachedump(Call& call, Words words) {
  const auto number = parse_u32(words.next());
  const auto limit = parse_u32(words.next());
  const std::string_view from = words.next();
  const std::string_view sticky = words.next();
  const bool valid = number && limit && (from.empty() || from == "forward" || from == "backward") &&
                     (sticky.empty() || sticky == "sticky") && words.next().empty();
  if (!valid) return say(call, kBadLine);
  if (*number > kMostClass) return say(call, "CLIENT_ERROR Illegal slab id\r\n");
  auto& state = call.session.remember<Showing>();
  // There is one class, which Arcus' clients may take for its first.
  if (*number <= 1) state.left = *limit == 0 ? kUsualLimit : std::min(*limit, kMostLimit);
  state.sticky = !sticky.empty();
  return show_more(call);
}

}  // namespace arcus::daemon
