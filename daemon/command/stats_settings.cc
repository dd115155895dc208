// stats settings: what was configured, and what was changed since.
#include <array>
#include <cstdio>
#include <string>

#include "daemon/command/stats.h"

namespace arcus::daemon {
namespace {

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

std::string_view yes(bool value) {
  return value ? "yes" : "no";
}

}  // namespace

Progress stats_settings(Call& call) {
  Engine& engine = call.engine;
  const Config& config = engine.config();
  const Settings& settings = engine.settings();
  Reply& reply = call.reply;
  add_stat(reply, "maxbytes", engine.store().stats().memory_limit);
  add_stat(reply, "maxconns", settings.connections);
  add_stat(reply, "tcpport", config.port);
  add_stat(reply, "udpport", 0);
  add_stat(reply, "sticky_limit", config.sticky_mb << 20);
  add_stat(reply, "inter", listen_text(config));
  add_stat(reply, "verbosity", settings.verbosity);
  add_stat(reply, "evictions", config.evict ? "on" : "off");
  add_stat(reply, "domain_socket", config.unix_socket.empty() ? "NULL" : config.unix_socket);
  add_stat(reply, "umask", octal(config.unix_mode));
  add_stat(reply, "num_threads", config.threads);
  add_stat(reply, "stat_key_prefix", std::string(1, config.prefix_delimiter));
  add_stat(reply, "detail_enabled", yes((engine.attention() & Engine::kDetail) != 0));
  add_stat(reply, "allow_detailed", "yes");
  add_stat(reply, "reqs_per_event", config.requests_per_event);
  add_stat(reply, "cas_enabled", "yes");
  add_stat(reply, "tcp_backlog", config.backlog);
  add_stat(reply, "binding_protocol", "ascii");
  const bool logins = (engine.attention() & Engine::kLogins) != 0;
  add_stat(reply, "auth_enabled_sasl", yes(logins));
  add_stat(reply, "auth_sasl_engine", logins ? "cyrus" : "none");
  add_stat(reply, "auth_required_sasl", yes(logins));
  add_stat(reply, "auth_enabled_ascii", "no");
  add_stat(reply, "item_size_max", config.value_limit);
  add_stat(reply, "max_list_size", engine.limits().list_size);
  add_stat(reply, "max_set_size", engine.limits().set_size);
  add_stat(reply, "max_map_size", engine.limits().map_size);
  add_stat(reply, "max_btree_size", engine.limits().btree_size);
  add_stat(reply, "max_element_bytes", engine.limits().element_bytes);
  add_stat(reply, "scrub_count", settings.scrub_count);
  add_stat(reply, "max_stats_prefixes", settings.max_stats_prefixes);
  add_stat(reply, "topkeys", 0);
  add_stat(reply, "maxconns_fast", "yes");
  add_stat(reply, "flush_enabled", yes(config.allow_flush));
  add_stat(reply, "dump_enabled", "yes");
  add_stat(reply, "lru_crawler", "yes");
  add_stat(reply, "track_sizes", yes(settings.track_sizes));
  add_stat(reply, "shutdown_command", yes(config.allow_shutdown));
  add_stat(reply, "ascii_extension", config.scrub_commands ? "scrub" : "none");
  return end_stats(call);
}

}  // namespace arcus::daemon
