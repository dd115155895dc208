// stats, in its forms.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "daemon/command/command.h"

namespace arcus::daemon {
namespace {

void stat(Reply& reply, std::string_view name, std::string_view value) {
  reply.add("STAT ");
  reply.add(name);
  reply.add(" ");
  reply.add(value);
  reply.add("\r\n");
}

void stat(Reply& reply, std::string_view name, std::uint64_t value) {
  stat(reply, name, std::to_string(value));
}

std::string seconds_text(const timeval& time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%ld.%06ld", static_cast<long>(time.tv_sec),
                static_cast<long>(time.tv_usec));
  return text.data();
}

void process_stats(Call& call) {
  Engine& engine = call.engine;
  Reply& reply = call.reply;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  stat(reply, "pid", static_cast<std::uint64_t>(getpid()));
  stat(reply, "uptime", call.now - engine.started());
  stat(reply, "time", call.now);
  stat(reply, "version", engine.version());
  stat(reply, "pointer_size", 8 * sizeof(void*));
  stat(reply, "rusage_user", seconds_text(usage.ru_utime));
  stat(reply, "rusage_system", seconds_text(usage.ru_stime));
  stat(reply, "max_connections", engine.settings().connections);
  stat(reply, "daemon_connections", engine.connections().listening);
  stat(reply, "curr_connections", engine.connections().current);
  stat(reply, "total_connections", engine.connections().total);
  stat(reply, "rejected_connections", engine.connections().rejected);
}

Progress general(Call& call) {
  Engine& engine = call.engine;
  Reply& reply = call.reply;
  process_stats(call);
  const CommandStats commands = engine.command_stats();
#define STAT(name) stat(reply, #name, commands.name);
#include "daemon/stats.def"
#undef STAT
  const StoreStats store = engine.store().stats();
  stat(reply, "limit_maxbytes", store.memory_limit);
  stat(reply, "engine_maxbytes", store.memory_limit);
  stat(reply, "threads", engine.config().threads);
  stat(reply, "bytes", store.shards.item_bytes);
  stat(reply, "memory_used", store.memory_used);
  stat(reply, "index_bytes", store.shards.index_bytes);
  stat(reply, "curr_items", store.shards.items);
  stat(reply, "total_items", store.shards.total_items);
  stat(reply, "sticky_items", store.shards.sticky_items);
  stat(reply, "sticky_bytes", store.shards.sticky_bytes);
  stat(reply, "sticky_limit", store.sticky_limit);
  stat(reply, "evictions", store.shards.evictions);
  stat(reply, "reclaimed", store.shards.reclaimed);
  stat(reply, "outofmemorys", store.out_of_memory);
  return say(call, "END\r\n");
}

std::string listen_text(const Config& config) {
  std::string text;
  for (const auto& address : config.listen) text += (text.empty() ? "" : ",") + address;
  return text.empty() ? "NULL" : text;
}

std::string octal(unsigned mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%o", mode);
  return text.data();
}

Progress settings(Call& call) {
  Engine& engine = call.engine;
  const Config& config = engine.config();
  Reply& reply = call.reply;
  stat(reply, "maxbytes", engine.store().stats().memory_limit);
  stat(reply, "maxconns", engine.settings().connections);
  stat(reply, "tcpport", config.port);
  stat(reply, "udpport", 0);
  stat(reply, "sticky_limit", config.sticky_mb << 20);
  stat(reply, "inter", listen_text(config));
  stat(reply, "verbosity", engine.settings().verbosity);
  stat(reply, "evictions", config.evict ? "on" : "off");
  stat(reply, "domain_socket", config.unix_socket.empty() ? "NULL" : config.unix_socket);
  stat(reply, "umask", octal(config.unix_mode));
  stat(reply, "num_threads", config.threads);
  stat(reply, "stat_key_prefix", std::string(1, config.prefix_delimiter));
  stat(reply, "detail_enabled", "no");
  stat(reply, "reqs_per_event", config.requests_per_event);
  stat(reply, "cas_enabled", "yes");
  stat(reply, "tcp_backlog", config.backlog);
  stat(reply, "binding_protocol", "ascii");
  stat(reply, "auth_enabled_sasl", "no");
  stat(reply, "item_size_max", config.value_limit);
  stat(reply, "flush_enabled", config.allow_flush ? "yes" : "no");
  stat(reply, "shutdown_command", config.allow_shutdown ? "yes" : "no");
  stat(reply, "ascii_extension", config.scrub_commands ? "scrub" : "none");
  return say(call, "END\r\n");
}

// There are no size classes: all items are of one class, number 1.
Progress items(Call& call) {
  const StoreStats store = call.engine.store().stats();
  Reply& reply = call.reply;
  if (store.shards.items == 0) return say(call, "END\r\n");
  stat(reply, "items:1:number", store.shards.items);
  stat(reply, "items:1:sticky", store.shards.sticky_items);
  stat(reply, "items:1:mem_requested", store.shards.item_bytes);
  stat(reply, "items:1:evicted", store.shards.evictions);
  stat(reply, "items:1:outofmemory", store.out_of_memory);
  stat(reply, "items:1:reclaimed", store.shards.reclaimed);
  return say(call, "END\r\n");
}

Progress slabs(Call& call) {
  const StoreStats store = call.engine.store().stats();
  stat(call.reply, "active_slabs", 0);
  stat(call.reply, "memory_limit", store.memory_limit);
  stat(call.reply, "total_malloced", store.memory_used);
  return say(call, "END\r\n");
}

Progress sizes(Call& call) {
  stat(call.reply, "sizes_status", "disabled");
  return say(call, "END\r\n");
}

Progress zookeeper(Call& call) {
  Engine& engine = call.engine;
  if (engine.config().zklist.empty()) return say(call, "ERROR not using ZooKeeper\r\n");
  const CloudState cloud = engine.cloud_state();
  Reply& reply = call.reply;
  stat(reply, "zk_libversion", engine.zk_library_version);
  stat(reply, "zk_timeout", static_cast<std::uint64_t>(cloud.session_timeout.count()));
  stat(reply, "zk_failstop", engine.settings().zk_failstop ? "on" : "off");
  stat(reply, "zk_connected", cloud.connected ? "true" : "false");
  stat(reply, "zk_ready", cloud.ready ? "true" : "false");
  return say(call, "END\r\n");
}

Progress reset(Call& call) {
  call.engine.reset_stats();
  return say(call, "RESET\r\n");
}

struct Form {
  std::string_view name;
  Progress (*show)(Call&);
};

constexpr Form kForms[] = {
    {"", general},    {"settings", settings}, {"items", items},         {"slabs", slabs},
    {"sizes", sizes}, {"reset", reset},       {"zookeeper", zookeeper},
};

}  // namespace

Progress command_stats(Call& call, const Request& request) {
  const std::string_view name = Words(request.arguments).next();
  for (const Form& form : kForms) {
    if (form.name == name) return form.show(call);
  }
  return say(call, kUnknownCommand);
}

}  // namespace arcus::daemon
