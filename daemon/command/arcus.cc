// What Arcus adds to administer a node: ready, zkensemble, config; and memcached's cache_memlimit.
#include <algorithm>
#include <optional>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

constexpr std::uint32_t kMaxMegabytes = 1'000'000'000;

// "config <name>" answers with what is set, on a line of its own.
Progress tell(Call& call, std::string_view name, std::string_view value) {
  call.reply.add(name);
  call.reply.add(" ");
  call.reply.add(value);
  return say(call, "\r\nEND\r\n");
}

Progress config_memlimit(Call& call, std::string_view value) {
  Settings& settings = call.engine.settings();
  if (value.empty()) return tell(call, "memlimit", std::to_string(settings.memory_mb));
  const auto megabytes = parse_u32(value);
  if (!megabytes || *megabytes == 0) return say(call, kBadLine);
  const bool set = call.engine.set_memory_mb(*megabytes);
  return say(call, set ? "END\r\n" : "CLIENT_ERROR bad value\r\n");
}

Progress config_maxconns(Call& call, std::string_view value) {
  Settings& settings = call.engine.settings();
  if (value.empty()) return tell(call, "maxconns", std::to_string(settings.connections));
  const auto connections = parse_u32(value);
  if (!connections || *connections == 0) return say(call, kBadLine);
  if (*connections > call.engine.connection_ceiling) {
    return say(call, "CLIENT_ERROR the value is out of range\r\n");
  }
  settings.connections = *connections;
  return say(call, "END\r\n");
}

Progress config_verbosity(Call& call, std::string_view value) {
  Settings& settings = call.engine.settings();
  if (value.empty()) return tell(call, "verbosity", std::to_string(settings.verbosity));
  const auto level = parse_u32(value);
  if (!level) return say(call, kBadLine);
  call.engine.set_verbosity(std::min<unsigned>(*level, 2));
  return say(call, "END\r\n");
}

Progress config_zkfailstop(Call& call, std::string_view value) {
  Settings& settings = call.engine.settings();
  if (value.empty()) return tell(call, "zkfailstop", settings.zk_failstop ? "on" : "off");
  if (value != "on" && value != "off") return say(call, kBadLine);
  settings.zk_failstop = value == "on";
  return say(call, "END\r\n");
}

}  // namespace

Progress command_config(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 1 && arguments.count != 2) return say(call, kBadLine);
  const std::string_view name = arguments[0];
  const std::string_view value = arguments.count == 2 ? arguments[1] : std::string_view();
  if (name == "memlimit") return config_memlimit(call, value);
  if (name == "maxconns") return config_maxconns(call, value);
  if (name == "verbosity") return config_verbosity(call, value);
  if (name == "zkfailstop" && !call.engine.config().zklist.empty()) {
    return config_zkfailstop(call, value);
  }
  return say(call, kBadLine);
}

Progress command_ready(Call& call, const Request&) {
  const Engine& engine = call.engine;
  if (engine.config().zklist.empty()) return say(call, "READY\r\n");
  return say(call, engine.cloud_state().ready ? "READY\r\n" : "NOT_READY\r\n");
}

Progress command_zkensemble(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  const std::string& zklist = call.engine.config().zklist;
  if (zklist.empty()) return say(call, "ERROR not using ZooKeeper\r\n");
  if (arguments.count == 1 && arguments[0] == "get") {
    call.reply.add(zklist);
    return say(call, "\r\n");
  }
  // Both need an engine that can join again without having stopped, and this one stops.
  if (arguments.count == 2 && arguments[0] == "set") {
    return say(call, "ERROR failed to set the new ensemble address (check logs)\r\n");
  }
  if (arguments.count == 1 && arguments[0] == "rejoin") {
    return say(call, "ERROR failed to rejoin ensemble\r\n");
  }
  return say(call, kBadLine);
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
