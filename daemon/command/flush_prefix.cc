// flush_prefix: removes all items of a prefix, in slices, before it answers; a delayed one is left
// to the sweeper.
#include <string>

#include "daemon/command/command.h"
#include "daemon/command/prefix.h"

namespace arcus::daemon {
namespace {

struct Flushing : Remembered {
  std::string prefix;
  Seconds at = 0;  // 0: now
  bool noreply = false;
  bool found = false;
  std::uint64_t cursor = 0;
};

// A slice; whether there is more to come.
bool flush_some(Call& call, Flushing& state) {
  Engine& engine = call.engine;
  const char delimiter = engine.config().prefix_delimiter;
  const auto matches = [&](const ItemView& item) {
    const bool its = in_prefix(item.key, state.prefix, delimiter);
    state.found = state.found || its;
    return its && state.at == 0;
  };
  for (int i = 0; i < kBucketsAtOnce; ++i) {
    state.cursor = engine.store().sift(state.cursor, call.now, matches);
    if (state.cursor == 0) return false;
    // One that is delayed only wants to know whether there is any.
    if (state.found && state.at != 0) return false;
  }
  return true;
}

Progress flush_more(Call& call) {
  auto& state = call.session.remembered<Flushing>();
  if (flush_some(call, state)) return call.session.yield(flush_more);
  const bool noreply = state.noreply;
  if (state.at == 0) {
    if (call.engine.detail().forget(state.prefix)) state.found = true;
  } else if (state.found && !call.engine.prefix_flushes().add(state.prefix, state.at)) {
    return say(call, "SERVER_ERROR out of memory\r\n", noreply);
  }
  return say(call, state.found ? "OK\r\n" : "NOT_FOUND\r\n", noreply);
}

}  // namespace

Progress command_flush_prefix(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  const std::size_t words = arguments.count - (arguments.noreply && arguments.count > 1 ? 1 : 0);
  const bool noreply = words < arguments.count;
  if (words == 0 || words > 2) return say(call, kUnknownCommand);
  if (arguments[0].size() > kMostPrefix) {
    return say(call, "CLIENT_ERROR too long prefix name\r\n", noreply);
  }
  const auto delay = parse_i64(words == 2 ? arguments[1] : "0");
  if (!delay || *delay < 0) return say(call, kBadLine, noreply);
  call.stats.cmd_flush_prefix.add();
  if (!call.engine.config().allow_flush) {
    return say(call, "CLIENT_ERROR flush_prefix not allowed\r\n", noreply);
  }
  auto& state = call.session.remember<Flushing>();
  state.prefix = std::string(named_prefix(arguments[0]));
  state.noreply = noreply;
  const Seconds at = expiry_of(*delay, call.now);
  state.at = at > call.now ? at : 0;
  return flush_more(call);
}

}  // namespace arcus::daemon
