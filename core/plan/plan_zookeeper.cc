#include <algorithm>
#include <set>

#include "core/arcus/names.h"
#include "core/base/text.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

std::string home_of(const HostFacts& facts, const cluster::ZkServer& server) {
  return facts.dir + "/zookeeper/" + std::to_string(server.client_port);
}

std::string port_of(const cluster::ZkServer& server) {
  return std::to_string(server.client_port);
}

std::set<std::string> member_lines(const std::vector<std::string>& config) {
  std::set<std::string> members;
  for (const auto& line : config) {
    if (line.starts_with("server.")) members.insert(line);
  }
  return members;
}

// The connections that the server's configuration allows already; 0: none is there.
std::uint64_t connections_of(const HostFacts& host, const cluster::ZkServer& server) {
  const std::string name = "maxClientCnxns=";
  const auto known = host.zk.find(server.client_port);
  if (known == host.zk.end()) return 0;
  for (const auto& line : known->second.config) {
    if (line.starts_with(name)) return parse_number(line.substr(name.size())).value_or(0);
  }
  return 0;
}

// Why this server can't be set up on the host; empty when it can.
std::string obstacle(const HostFacts& host, const cluster::ZkServer& server,
                     const std::string& config) {
  static const ZkFacts kNothing;
  const auto found = host.zk.find(server.client_port);
  const ZkFacts& zk = found == host.zk.end() ? kNothing : found->second;
  const std::string home = home_of(host, server);
  const std::string id = std::to_string(server.id);
  if (zk.foreign) {
    return "port " + port_of(server) +
           " is served by a ZooKeeper (or another process) that arcus did not set up: set "
           "\"zookeeper\": {\"managed\": false} to use it as it is, or stop it first";
  }
  if (!zk.myid.empty() && zk.myid != id) {
    return home + "/data/myid says " + zk.myid + ", but the server is number " + id +
           " in the list: list the servers in the order they were set up with";
  }
  if (zk.data && zk.config.empty()) {
    return home + "/data holds a database but " + home +
           "/zoo.cfg is missing: put the old zoo.cfg there to adopt it, or move the data away";
  }
  const std::set<std::string> members = member_lines(zk.config);
  if (!zk.config.empty() && members != member_lines(lines(config))) {
    return "the server was set up with other members (" +
           join({members.begin(), members.end()}, ", ") +
           "): changing the set of servers is not done by init; list the same servers";
  }
  return "";
}

// Calls plan(host, facts, server) for every server whose host could be looked at.
template <typename PlanServer>
void each_server(const Hosts& hosts, const HostFactsByName& facts, PlanServer plan) {
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    for (const auto& server : host.zk) plan(host, known->second, server);
  }
}

std::string run_user(const HostFacts& host, const cluster::Settings& settings) {
  return host.as_root() ? settings.run_user : "";
}

}  // namespace

HostPlan plan_zk_configure(const Hosts& hosts, const HostFactsByName& facts,
                           const cluster::Settings& settings,
                           const std::vector<cluster::ZkServer>& ensemble) {
  HostPlan result;
  Stage stage{"Write the servers' configuration", {}, OnFailure::kAll};
  each_server(
      hosts, facts,
      [&](const cluster::Host& host, const HostFacts& known, const cluster::ZkServer& server) {
        const std::string home = home_of(known, server);
        const std::string config = zoo_cfg(settings.zookeeper, ensemble, server, home, hosts,
                                           connections_of(known, server));
        std::string why = obstacle(known, server, config);
        if (known.current.empty() && why.empty()) {
          why = "nothing is deployed in " + known.dir + ": run 'arcus deploy' first";
        }
        if (!why.empty()) {
          result.complaints.push_back({host.name, why});
          return;
        }
        stage.steps.push_back({host.name, "configure server " + server.address(),
                               RunScript{{"zk_configure",
                                          {{"DIR", known.dir},
                                           {"PORT", port_of(server)},
                                           {"ID", std::to_string(server.id)},
                                           {"CONFIG", config},
                                           {"LOGGING", zk_logging(home)},
                                           {"RUN_USER", run_user(known, settings)}}},
                                         known.as_root()}});
      });
  result.plan = {"zookeeper init", {std::move(stage)}, {}};
  return result;
}

HostPlan plan_zk_start(const Hosts& hosts, const HostFactsByName& facts,
                       const cluster::Settings& settings, std::size_t servers) {
  HostPlan result;
  Stage start{"Start the servers", {}, OnFailure::kQuorum};
  each_server(
      hosts, facts,
      [&](const cluster::Host& host, const HostFacts& known, const cluster::ZkServer& server) {
        start.steps.push_back({host.name, "start server " + server.address(),
                               RunScript{{"zk_start",
                                          {{"DIR", known.dir},
                                           {"PORT", port_of(server)},
                                           {"JAVA", settings.java},
                                           {"HEAP_MB", std::to_string(settings.zookeeper.heap_mb)},
                                           {"RUN_USER", run_user(known, settings)}}},
                                         known.as_root()},
                               server.address()});
      });
  Stage await{"Wait for the ensemble", {}, OnFailure::kAll};
  await.steps.push_back({"", "wait until a leader serves", AwaitEnsemble{servers}});
  result.plan = {"zookeeper start", {std::move(start), std::move(await)}, {}};
  return result;
}

HostPlan plan_zk_stop(const Hosts& hosts, const HostFactsByName& facts) {
  HostPlan result;
  Stage stage{"Stop the servers", {}, OnFailure::kStep};
  each_server(
      hosts, facts,
      [&](const cluster::Host& host, const HostFacts& known, const cluster::ZkServer& server) {
        stage.steps.push_back(
            {host.name, "stop server " + server.address(),
             RunScript{
                 {"zk_stop", {{"DIR", known.dir}, {"PORT", port_of(server)}, {"GRACE", "10"}}},
                 known.as_root()}});
      });
  result.plan = {"zookeeper stop", {std::move(stage)}, {}};
  return result;
}

Plan plan_zk_tree(std::size_t servers) {
  Stage await{"Wait for the ensemble", {}, OnFailure::kAll};
  await.steps.push_back({"", "wait until a leader serves", AwaitEnsemble{servers}});
  Stage tree{"Make the Arcus tree", {}, OnFailure::kAll};
  tree.steps.push_back({"", "create " + std::string(znode::kRoot) + " where it is missing",
                        EnsureZnodes{{std::string(znode::kRoot), std::string(znode::kCacheList),
                                      std::string(znode::kClientList), std::string(znode::kMapping),
                                      std::string(znode::kServerLog)}}});
  return {"zookeeper tree", {std::move(await), std::move(tree)}, {}};
}

}  // namespace arcus::plan
