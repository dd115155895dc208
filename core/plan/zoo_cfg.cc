#include <algorithm>

#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

const cluster::Host* host_of(const Hosts& hosts, const cluster::ZkServer& server) {
  for (const auto& host : hosts) {
    if (std::find(host.zk.begin(), host.zk.end(), server) != host.zk.end()) return &host;
  }
  return nullptr;
}

// The server's place among those of its host: several on one host need ports of their own.
std::size_t place_on(const cluster::Host* host, const cluster::ZkServer& server) {
  if (host == nullptr) return 0;
  return static_cast<std::size_t>(std::find(host->zk.begin(), host->zk.end(), server) -
                                  host->zk.begin());
}

std::string setting(const std::string& name, const std::string& value) {
  return name + "=" + value + "\n";
}

std::string setting(const std::string& name, std::uint64_t value) {
  return setting(name, std::to_string(value));
}

}  // namespace

std::string zoo_cfg(const cluster::ZookeeperSettings& settings,
                    const std::vector<cluster::ZkServer>& ensemble, const cluster::ZkServer& server,
                    const std::string& home, const Hosts& hosts, std::uint64_t connections_floor) {
  const cluster::Host* host = host_of(hosts, server);
  // Every cache node of a host and every operator there is one connection from one address.
  const std::size_t nodes = host == nullptr ? 0 : host->nodes.size();
  const std::uint64_t unlimited = 0;
  const std::uint64_t connections =
      settings.max_client_cnxns == unlimited
          ? unlimited
          : std::max<std::uint64_t>({settings.max_client_cnxns, nodes + 50, connections_floor});
  std::string text = "# Written by `arcus zookeeper init`.\n";
  text += setting("tickTime", settings.tick_time);
  text += setting("initLimit", settings.init_limit);
  text += setting("syncLimit", settings.sync_limit);
  text += setting("dataDir", home + "/data");
  text += setting("clientPort", server.client_port);
  if (host != nullptr && host->is_local) text += setting("clientPortAddress", host->address);
  text += setting("maxClientCnxns", connections);
  text += setting("minSessionTimeout", settings.min_session_timeout);
  text += setting("maxSessionTimeout", settings.max_session_timeout);
  text += setting("4lw.commands.whitelist", settings.four_letter_words);
  text += setting("admin.enableServer", "false");
  text += setting("autopurge.snapRetainCount", 3);
  text += setting("autopurge.purgeInterval", 1);
  if (ensemble.size() == 1) return text;
  for (const auto& member : ensemble) {
    const std::size_t place = place_on(host_of(hosts, member), member);
    const bool v6 = member.host.find(':') != std::string::npos;
    text += setting("server." + std::to_string(member.id),
                    (v6 ? "[" + member.host + "]" : member.host) + ":" +
                        std::to_string(settings.quorum_port + place) + ":" +
                        std::to_string(settings.election_port + place));
  }
  return text;
}

// 10 MB in five files: enough to see the last days of a quiet ensemble, the last hours of a sick
// one.
std::string zk_logging(const std::string& home) {
  return "handlers=java.util.logging.FileHandler\n"
         ".level=INFO\n"
         "java.util.logging.FileHandler.pattern=" +
         home +
         "/log/zookeeper.log.%g\n"
         "java.util.logging.FileHandler.limit=10485760\n"
         "java.util.logging.FileHandler.count=5\n"
         "java.util.logging.FileHandler.append=true\n"
         "java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter\n"
         "java.util.logging.SimpleFormatter.format=%1$tF %1$tT.%1$tL %4$s %2$s %5$s%6$s%n\n";
}

}  // namespace arcus::plan
