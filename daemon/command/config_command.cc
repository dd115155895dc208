// config: what can be changed while running. Without a value it tells the present one.
#include <algorithm>
#include <optional>

#include "daemon/auth/authentication.h"
#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

constexpr std::string_view kDone = "END\r\n";
constexpr std::string_view kBadValue = "CLIENT_ERROR bad value\r\n";
constexpr unsigned kMostVerbosity = 2;
constexpr std::uint32_t kMostConnections = 1'000'000;
// Milliseconds.
constexpr std::uint32_t kLeastTimeout = 50;
constexpr std::uint32_t kLeastFailstop = 3'000;
constexpr std::uint32_t kMostHeartbeat = 300'000;

std::string_view set_memlimit(Engine& engine, std::uint32_t megabytes) {
  if (megabytes == 0) return kBadLine;
  return engine.set_memory_mb(megabytes) ? kDone : kBadValue;
}

std::string_view set_maxconns(Engine& engine, std::uint32_t wanted) {
  if (wanted == 0) return kBadLine;
  const auto now = engine.connections().current.load();
  if (wanted > kMostConnections || std::uint64_t{wanted} * 10 < now * 11) {
    return "CLIENT_ERROR the value is out of range\r\n";
  }
  if (wanted > engine.connection_ceiling) {
    return "SERVER_ERROR cannot change to the maxconns over the soft limit\r\n";
  }
  engine.settings().connections = wanted;
  return kDone;
}

std::string_view set_verbosity(Engine& engine, std::uint32_t level) {
  if (level > kMostVerbosity) {
    return "SERVER_ERROR cannot change the verbosity over the limit\r\n";
  }
  engine.set_verbosity(level);
  return kDone;
}

// No longer than what makes the node stop, which 0 says that nothing does.
std::string_view set_hbtimeout(Engine& engine, std::uint32_t wanted) {
  const std::uint32_t failstop = engine.settings().heartbeat_failstop;
  if (wanted < kLeastTimeout || wanted > kMostHeartbeat) return kBadValue;
  if (failstop > 0 && wanted > failstop) return kBadValue;
  engine.settings().heartbeat_timeout = wanted;
  return kDone;
}

std::string_view set_hbfailstop(Engine& engine, std::uint32_t wanted) {
  const bool in_range = wanted >= kLeastFailstop && wanted <= kMostHeartbeat &&
                        wanted >= engine.settings().heartbeat_timeout;
  if (wanted != 0 && !in_range) return kBadValue;
  engine.settings().heartbeat_failstop = wanted;
  return kDone;
}

std::string_view set_within(std::atomic<std::uint32_t>& to, std::uint32_t wanted,
                            std::uint32_t least, std::uint32_t most) {
  if (wanted < least || wanted > most) return kBadValue;
  to = wanted;
  return kDone;
}

// Collections that are there may be as large as they were allowed to be.
std::string_view set_size(std::atomic<std::uint32_t>& to, std::uint32_t wanted) {
  return set_within(to, wanted, std::max(kLeastCollectionLimit, to.load()), kMostCollectionLimit);
}

struct Number {
  std::string_view name;
  std::uint64_t (*get)(Engine&);
  std::string_view (*set)(Engine&, std::uint32_t);  // the answer
};

constexpr Number kNumbers[] = {
    {"memlimit", [](Engine& e) -> std::uint64_t { return e.settings().memory_mb; }, set_memlimit},
    {"maxconns", [](Engine& e) -> std::uint64_t { return e.settings().connections; }, set_maxconns},
    {"verbosity", [](Engine& e) -> std::uint64_t { return e.settings().verbosity; }, set_verbosity},
    {"hbtimeout", [](Engine& e) -> std::uint64_t { return e.settings().heartbeat_timeout; },
     set_hbtimeout},
    {"hbfailstop", [](Engine& e) -> std::uint64_t { return e.settings().heartbeat_failstop; },
     set_hbfailstop},
    {"max_list_size", [](Engine& e) -> std::uint64_t { return e.limits().list_size; },
     [](Engine& e, std::uint32_t v) { return set_size(e.limits().list_size, v); }},
    {"max_set_size", [](Engine& e) -> std::uint64_t { return e.limits().set_size; },
     [](Engine& e, std::uint32_t v) { return set_size(e.limits().set_size, v); }},
    {"max_map_size", [](Engine& e) -> std::uint64_t { return e.limits().map_size; },
     [](Engine& e, std::uint32_t v) { return set_size(e.limits().map_size, v); }},
    {"max_btree_size", [](Engine& e) -> std::uint64_t { return e.limits().btree_size; },
     [](Engine& e, std::uint32_t v) { return set_size(e.limits().btree_size, v); }},
    {"max_element_bytes", [](Engine& e) -> std::uint64_t { return e.limits().element_bytes; },
     [](Engine& e, std::uint32_t v) { return set_within(e.limits().element_bytes, v, 1, 32 << 10); }},
    {"scrub_count", [](Engine& e) -> std::uint64_t { return e.settings().scrub_count; },
     [](Engine& e, std::uint32_t v) { return set_within(e.settings().scrub_count, v, 16, 320); }},
    {"max_stats_prefixes", [](Engine& e) -> std::uint64_t { return e.settings().max_stats_prefixes; },
     [](Engine& e, std::uint32_t v) {
       constexpr std::uint32_t kMost = PrefixDetail::kMostPrefixes;
       return set_within(e.settings().max_stats_prefixes, v, 1, kMost);
     }},
};

// What is set, on a line of its own.
Progress tell(Call& call, std::string_view name, std::string_view value) {
  call.reply.add(name);
  call.reply.add(" ");
  call.reply.add(value);
  return say(call, "\r\nEND\r\n");
}

Progress config_zkfailstop(Call& call, std::string_view value) {
  auto& failstop = call.engine.settings().zk_failstop;
  if (value.empty()) return tell(call, "zkfailstop", failstop ? "on" : "off");
  if (value != "on" && value != "off") return say(call, kBadValue);
  failstop = value == "on";
  return say(call, kDone);
}

// Once on it stays on.
Progress config_auth(Call& call, std::string_view value) {
  Authentication* const authentication = call.engine.authentication;
  const bool on = authentication != nullptr && authentication->on();
  if (value.empty()) return tell(call, "auth", on ? "on" : "off");
  if (value != "on" || authentication == nullptr) return say(call, kBadValue);
  if (!on) authentication->turn_on_later();
  return say(call, kDone);
}

}  // namespace

Progress command_config(Call& call, const Request& request) {
  const Arguments arguments(request.arguments);
  if (arguments.count != 1 && arguments.count != 2) return say(call, kBadLine);
  const std::string_view name = arguments[0];
  const std::string_view value = arguments.count == 2 ? arguments[1] : std::string_view();
  if (name == "auth") return config_auth(call, value);
  if (name == "zkfailstop") return config_zkfailstop(call, value);
  const auto at = std::find_if(std::begin(kNumbers), std::end(kNumbers),
                               [name](const Number& number) { return number.name == name; });
  if (at == std::end(kNumbers)) return say(call, kBadLine);
  if (value.empty()) return tell(call, name, std::to_string(at->get(call.engine)));
  const auto number = parse_u32(value);
  return say(call, number ? at->set(call.engine, *number) : kBadLine);
}

}  // namespace arcus::daemon
