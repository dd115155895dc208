// stats: the process, its connections, what commands did, what the store holds.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

std::string seconds_text(const timeval& time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%ld.%06ld", static_cast<long>(time.tv_sec),
                static_cast<long>(time.tv_usec));
  return text.data();
}

// What the process has of the machine's memory, to be held against limit_maxbytes.
std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages_mapped = 0;
  std::uint64_t pages_resident = 0;
  file >> pages_mapped >> pages_resident;
  return pages_resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void process_stats(Call& call) {
  Engine& engine = call.engine;
  Reply& reply = call.reply;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const ConnectionStats& connections = engine.connections();
  add_stat(reply, "pid", static_cast<std::uint64_t>(getpid()));
  add_stat(reply, "uptime", call.now - engine.started());
  add_stat(reply, "time", call.now);
  add_stat(reply, "version", engine.version());
  add_stat(reply, "pointer_size", 8 * sizeof(void*));
  add_stat(reply, "rusage_user", seconds_text(usage.ru_utime));
  add_stat(reply, "rusage_system", seconds_text(usage.ru_stime));
  add_stat(reply, "rss_bytes", resident_bytes());
  add_stat(reply, "max_connections", engine.settings().connections);
  add_stat(reply, "daemon_connections", connections.listening);
  add_stat(reply, "curr_connections", connections.current);
  add_stat(reply, "total_connections", connections.total);
  add_stat(reply, "rejected_connections", connections.rejected);
  // Whoever comes when there are too many is told so: nobody is left waiting in the backlog.
  add_stat(reply, "accepting_conns", 1);
  add_stat(reply, "listen_disabled_num", connections.rejected);
}

void store_stats(Call& call) {
  Engine& engine = call.engine;
  Reply& reply = call.reply;
  const StoreStats store = engine.store().stats();
  add_stat(reply, "limit_maxbytes", store.memory_limit);
  add_stat(reply, "engine_maxbytes", store.memory_limit);
  add_stat(reply, "threads", engine.config().threads);
  add_stat(reply, "hash_bytes", store.shards.index_bytes);
  add_stat(reply, "bytes", store.shards.item_bytes);
  add_stat(reply, "memory_used", store.memory_used);
  add_stat(reply, "large_bytes", store.large_bytes);
  add_stat(reply, "collections", store.shards.collections);
  add_stat(reply, "collection_bytes", store.shards.collection_bytes);
  add_stat(reply, "index_bytes", store.shards.index_bytes);
  add_stat(reply, "ghost_bytes", store.shards.ghost_bytes);
  add_stat(reply, "dead_bytes", store.shards.dead_bytes);
  add_stat(reply, "curr_items", store.shards.items);
  add_stat(reply, "total_items", store.shards.total_items);
  add_stat(reply, "sticky_items", store.shards.sticky_items);
  add_stat(reply, "sticky_bytes", store.shards.sticky_bytes);
  add_stat(reply, "sticky_limit", store.sticky_limit);
  add_stat(reply, "evictions", store.shards.evictions);
  add_stat(reply, "items_promoted", store.shards.promoted);
  add_stat(reply, "items_reinserted", store.shards.reinserted);
  add_stat(reply, "items_cleaned", store.shards.cleaned);
  add_stat(reply, "ghost_hits", store.shards.ghost_hits);
  add_stat(reply, "reclaimed", store.shards.reclaimed);
  add_stat(reply, "outofmemorys", store.out_of_memory);
}

}  // namespace

Progress stats_general(Call& call) {
  process_stats(call);
  const CommandStats commands = call.engine.command_stats();
#define STAT(name) add_stat(call.reply, #name, commands.name);
#include "daemon/stats.def"
#undef STAT
  store_stats(call);
  return end_stats(call);
}

}  // namespace arcus::daemon
