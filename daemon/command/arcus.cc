// What Arcus adds to administer a node: ready, zkensemble, scrub; and memcached's cache_memlimit.
#include "core/base/log.h"
#include "core/base/text.h"
#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

constexpr std::uint32_t kMaxMegabytes = 1'000'000'000;

// "host:port,host:port"
Status set_servers(Engine& engine, std::string_view servers) {
  for (const std::string& server : split(servers, ',')) {
    if (!parse_host_port(server)) return invalid("'" + printable(server) + "' is no host:port");
  }
  return engine.set_cloud_servers(std::string(servers));
}

// The reason is for the log.
Progress say_whether(Call& call, const Status& status, std::string_view done,
                     std::string_view failed) {
  if (!status) log::warning("zkensemble: " + status.error().message);
  return say(call, status ? done : failed);
}

}  // namespace

Progress command_ready(Call& call, const Request&) {
  const Engine& engine = call.engine;
  if (engine.config().zklist.empty()) return say(call, "READY\r\n");
  return say(call, engine.cloud_state().ready ? "READY\r\n" : "NOT_READY\r\n");
}

Progress command_zkensemble(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  Engine& engine = call.engine;
  if (engine.config().zklist.empty()) return say(call, "ERROR not using ZooKeeper\r\n");
  if (arguments.count == 1 && arguments[0] == "get") {
    call.reply.add(engine.cloud_servers());
    return say(call, "\r\n");
  }
  if (arguments.count == 2 && arguments[0] == "set") {
    return say_whether(call, set_servers(engine, arguments[1]), "OK\r\n",
                       "ERROR failed to set the new ensemble address (check logs)\r\n");
  }
  // Its worker waits: nobody is served by a node that is out of its cloud.
  if (arguments.count == 1 && arguments[0] == "rejoin") {
    return say_whether(call, engine.rejoin_cloud(), "Successfully rejoined\r\n",
                       "ERROR failed to rejoin ensemble\r\n");
  }
  return say(call, kBadLine);
}

// Of Arcus' module: without it there is no such command.
Progress command_scrub(Call& call, const Request& request) {
  Words words(request.arguments);
  const std::string_view what = words.next();
  if (!call.engine.config().scrub_commands) return say(call, kUnknownCommand);
  if (!words.next().empty() || (!what.empty() && what != "stale")) {
    return say(call, "ERROR no matching command\r\n");
  }
  switch (call.engine.start_scrub(what == "stale")) {
    case Engine::ScrubStart::kStarted:
      return say(call, "OK\r\n");
    case Engine::ScrubStart::kBusy:
      return say(call, "BUSY\r\n");
    case Engine::ScrubStart::kNotSupported:
      break;
  }
  return say(call, "NOT_SUPPORTED\r\n");
}

Progress stats_scrub(Call& call) {
  const Scrub::State state = call.engine.scrub_state();
  Reply& reply = call.reply;
  add_stat(reply, "scrubber:status", state.running ? "running" : "stopped");
  if (state.started == 0) return end_stats(call);
  add_stat(reply, "scrubber:run_mode", state.stale ? "scrub stale" : "scrub");
  if (state.stopped != 0) add_stat(reply, "scrubber:last_run", state.stopped - state.started);
  add_stat(reply, "scrubber:visited", state.visited);
  add_stat(reply, "scrubber:cleaned", state.cleaned);
  return end_stats(call);
}

Progress command_cache_memlimit(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 1 && arguments.count != 2) return say(call, kUnknownCommand);
  const auto megabytes = parse_u32(arguments[0]);
  if (!megabytes) return say(call, kUnknownCommand);
  if (*megabytes < 8) {
    return say(call, "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n",
               arguments.noreply);
  }
  if (*megabytes > kMaxMegabytes) {
    return say(call, "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n",
               arguments.noreply);
  }
  const bool set = call.engine.set_memory_mb(*megabytes);
  return say(call, set ? "OK\r\n" : "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n",
             arguments.noreply);
}

}  // namespace arcus::daemon
