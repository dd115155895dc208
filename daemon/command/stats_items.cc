// stats items, slabs, sizes: what the store holds. There are no size classes: all items are of one
// class, number 1, and its pages are the chunks of memory that the store deals in.
#include <map>
#include <string>

#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

void add_class_stat(Reply& reply, std::string_view group, std::string_view name,
                    std::uint64_t value) {
  add_stat(reply, std::string(group) + std::string(name), value);
}

constexpr std::size_t kRange = 32;
// So many steps of the store before others have their turn.
constexpr int kStepsAtOnce = 8;

struct Measuring : Remembered {
  Store::Cursor cursor;
  std::map<std::size_t, std::uint64_t> counts;  // by the end of the range
};

Progress measure_more(Call& call) {
  auto& state = call.session.remembered<Measuring>();
  const auto count = [&](const ItemView& item, std::uint64_t) {
    const std::size_t size = item.key.size() + item.value.size();
    ++state.counts[(size / kRange + (size % kRange != 0 ? 1 : 0)) * kRange];
  };
  for (int i = 0; i < kStepsAtOnce; ++i) {
    if (call.engine.store().visit(state.cursor, call.now, count)) continue;
    for (const auto& [size, items] : state.counts) {
      add_stat(call.reply, std::to_string(size), items);
    }
    return end_stats(call);
  }
  return call.session.yield(measure_more);
}

Progress set_sizes(Call& call, bool enabled) {
  call.engine.settings().track_sizes = enabled;
  add_stat(call.reply, "sizes_status", enabled ? "enabled" : "disabled");
  return end_stats(call);
}

}  // namespace

Progress stats_items(Call& call) {
  const StoreStats store = call.engine.store().stats();
  if (store.shards.items == 0) return end_stats(call);
  const auto add = [&](std::string_view name, std::uint64_t value) {
    add_class_stat(call.reply, "items:1:", name, value);
  };
  add("number", store.shards.items);
  add("sticky", store.shards.sticky_items);
  add("mem_requested", store.shards.item_bytes);
  add("evicted", store.shards.evictions);
  add("outofmemory", store.out_of_memory);
  add("reclaimed", store.shards.reclaimed);
  return end_stats(call);
}

Progress stats_slabs(Call& call) {
  const StoreStats store = call.engine.store().stats();
  const CommandStats commands = call.engine.command_stats();
  Reply& reply = call.reply;
  const bool active = store.chunks_used > 0;
  if (active) {
    const auto add = [&](std::string_view name, std::uint64_t value) {
      add_class_stat(reply, "1:", name, value);
    };
    // One chunk a page: an item takes what it needs of it.
    add("chunk_size", store.chunk_bytes);
    add("chunks_per_page", 1);
    add("total_pages", store.chunks_used);
    add("total_chunks", store.chunks_used);
    add("used_chunks", store.chunks_used);
    add("free_chunks", 0);
    add("mem_requested", store.shards.item_bytes);
    add("get_hits", commands.get_hits);
    add("cmd_set", commands.cmd_set);
    add("delete_hits", commands.delete_hits);
    add("incr_hits", commands.incr_hits);
    add("decr_hits", commands.decr_hits);
    add("cas_hits", commands.cas_hits);
    add("cas_badval", commands.cas_badval);
    add("touch_hits", commands.touch_hits);
  }
  add_stat(reply, "active_slabs", active ? 1 : 0);
  add_stat(reply, "memory_limit", store.memory_limit);
  add_stat(reply, "total_malloced", store.memory_used);
  return end_stats(call);
}

// Counted when somebody asks, so it costs nothing before; it must be wanted first all the same, as
// with memcached, since it reads the whole store.
Progress stats_sizes(Call& call) {
  if (!call.engine.settings().track_sizes) return set_sizes(call, false);
  call.session.remember<Measuring>();
  return measure_more(call);
}
Progress stats_sizes_enable(Call& call) {
  return set_sizes(call, true);
}
Progress stats_sizes_disable(Call& call) {
  return set_sizes(call, false);
}

}  // namespace arcus::daemon
