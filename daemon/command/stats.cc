// stats: its forms, and those that are short.
#include "daemon/command/stats.h"

#include <string>

namespace arcus::daemon {

void add_stat(Reply& reply, std::string_view name, std::string_view value) {
  Line line(reply);
  line.add("STAT ");
  line.add(name);
  line.add(' ');
  line.add(value);
  line.add("\r\n");
}

void add_stat(Reply& reply, std::string_view name, std::uint64_t value) {
  add_stat(reply, name, std::to_string(value));
}

namespace {

Progress zookeeper(Call& call) {
  Engine& engine = call.engine;
  if (engine.config().zklist.empty()) return say(call, "ERROR not using ZooKeeper\r\n");
  const CloudState cloud = engine.cloud_state();
  Reply& reply = call.reply;
  add_stat(reply, "zk_libversion", engine.zk_library_version);
  add_stat(reply, "zk_timeout", static_cast<std::uint64_t>(cloud.session_timeout.count()));
  add_stat(reply, "zk_failstop", engine.settings().zk_failstop ? "on" : "off");
  add_stat(reply, "zk_connected", cloud.connected ? "true" : "false");
  add_stat(reply, "zk_ready", cloud.ready ? "true" : "false");
  return end_stats(call);
}

Progress reset(Call& call) {
  call.engine.reset_stats();
  return say(call, "RESET\r\n");
}

struct Form {
  std::string_view name;
  Progress (*show)(Call&);
  Progress (*show_some)(Call&, Words) = nullptr;  // of those that take further words
};

constexpr Form kForms[] = {
    {"", stats_general},
    {"settings", stats_settings},
    {"items", stats_items},
    {"slabs", stats_slabs},
    {"sizes", stats_sizes},
    {"sizes_enable", stats_sizes_enable},
    {"sizes_disable", stats_sizes_disable},
    {"conns", stats_conns},
    {"prefixes", stats_prefixes},
    {"prefixlist", nullptr, stats_prefixlist},
    {"detail", nullptr, stats_detail},
    {"dump", stats_dump},
    {"cachedump", nullptr, stats_cachedump},
    {"scrub", stats_scrub},
    {"reset", reset},
    {"zookeeper", zookeeper},
};

}  // namespace

Progress command_stats(Call& call, const Request& request) {
  Words words(request.arguments);
  const std::string_view name = words.next();
  for (const Form& form : kForms) {
    if (form.name != name) continue;
    return form.show != nullptr ? form.show(call) : form.show_some(call, words);
  }
  return say(call, "ERROR no matching stat\r\n");
}

}  // namespace arcus::daemon
