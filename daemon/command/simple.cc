// Commands that are one step: delete, touch, flush_all, version, verbosity, quit, shutdown.
#include <algorithm>
#include <optional>

#include "core/base/log.h"
#include "daemon/command/command.h"

namespace arcus::daemon {

Progress command_delete(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count == 0 || arguments.count > 3) return say(call, kUnknownCommand);
  const std::string_view key = arguments[0];
  // A key alone may be called like that.
  const bool noreply = arguments.noreply && arguments.count > 1;
  const bool plain = arguments.count == 1 ||
                     (arguments.count == 2 && (arguments[1] == "0" || arguments.noreply)) ||
                     (arguments.count == 3 && arguments[1] == "0" && arguments.noreply);
  if (!plain) {
    return say(call, "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n",
               noreply);
  }
  if (key.size() > kMaxKey) return say(call, kBadLine, noreply);
  Access item = call.engine.store().access({key, request.hash}, call.now);
  const bool found = static_cast<bool>(item);
  if (found) item.remove();
  item.unlock();
  call.stats.cmd_delete.add();
  (found ? call.stats.delete_hits : call.stats.delete_misses).add();
  return say(call, found ? "DELETED\r\n" : "NOT_FOUND\r\n", noreply);
}

Progress command_touch(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 2 && arguments.count != 3) return say(call, kUnknownCommand);
  if (arguments[0].size() > kMaxKey) return say(call, kBadLine, arguments.noreply);
  const auto exptime = parse_i64(arguments[1]);
  if (!exptime) return say(call, kBadExptime, arguments.noreply);
  Access item = call.engine.store().access_to_change({arguments[0], request.hash}, 0, call.now);
  const bool found = static_cast<bool>(item);
  call.stats.cmd_touch.add();
  (found ? call.stats.touch_hits : call.stats.touch_misses).add();
  if (!found) return say(call, "NOT_FOUND\r\n", arguments.noreply);
  item.hit();
  const StoreResult result = item.set_expiry(expiry_of(*exptime, call.now));
  item.unlock();
  const bool touched = result == StoreResult::kStored;
  return say(call, touched ? "TOUCHED\r\n" : kOutOfMemory, arguments.noreply);
}

Progress command_flush_all(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count > 2) return say(call, kUnknownCommand);
  call.stats.cmd_flush.add();
  if (!call.engine.config().allow_flush) {
    return say(call, "CLIENT_ERROR flush_all not allowed\r\n", arguments.noreply);
  }
  Seconds at = 0;
  if (arguments.count != (arguments.noreply ? 1 : 0)) {
    const auto delay = parse_i64(arguments[0]);
    if (!delay) return say(call, kBadExptime, arguments.noreply);
    // -1 is no sticky item here, it is simply over.
    at = *delay < 0 ? 0 : expiry_of(*delay, call.now);
  }
  call.engine.store().flush(at, call.now);
  return say(call, "OK\r\n", arguments.noreply);
}

Progress command_version(Call& call, const Request&) {
  call.reply.add("VERSION ");
  call.reply.add(call.engine.version());
  return say(call, "\r\n");
}

Progress command_verbosity(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count == 0 || arguments.count > 2) return say(call, kUnknownCommand);
  const auto level = parse_u32(arguments[0]);
  if (!level) return say(call, kBadLine, arguments.noreply);
  call.engine.set_verbosity(std::min<unsigned>(*level, 2));
  return say(call, "OK\r\n", arguments.noreply);
}

Progress command_quit(Call& call, const Request&) {
  call.stats.quit_connections.add();
  return Progress::kClose;
}

Progress command_shutdown(Call& call, const Request& request) {
  constexpr std::uint32_t kMostSeconds = 600;
  if (!call.engine.config().allow_shutdown || !call.engine.shut_down) {
    return say(call, "ERROR: shutdown not enabled\r\n");
  }
  const Arguments arguments(request.arguments);
  std::optional<unsigned> seconds;
  if (arguments.count > 0) seconds = parse_u32(arguments[0]);
  if (arguments.count > 1 || (arguments.count == 1 && !seconds)) return say(call, kBadLine);
  if (seconds && *seconds > kMostSeconds) return say(call, "CLIENT_ERROR invalid arguments\r\n");
  log::info("a client asked for a shutdown");
  return say(call, call.engine.shut_down(seconds) ? "OK\r\n" : "DENIED\r\n");
}

}  // namespace arcus::daemon
