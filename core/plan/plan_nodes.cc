#include "core/cluster/load.h"
#include "core/plan/node_steps.h"
#include "core/plan/planners.h"

namespace arcus::plan {
namespace {

std::chrono::milliseconds with_slack(std::chrono::seconds span) {
  return span + std::chrono::seconds(15);
}

}  // namespace

std::string wait_title(const std::string& address) {
  return "wait for " + address;
}

Step start_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
                const NodesInput& input) {
  return {host.name, "start " + node.address(),
          RunScript{{"node_start",
                     {{"DIR", facts.dir},
                      {"NODE", node.address()},
                      {"IP", node.ip},
                      {"PORT", std::to_string(node.port)},
                      {"HOSTNAME", node.hostname},
                      {"SERVICE", input.service},
                      {"THREADS", std::to_string(node.config.threads)},
                      {"MEMLIMIT", std::to_string(node.config.memlimit_mb)},
                      {"CONNECTIONS", std::to_string(node.config.connections)},
                      {"ZKLIST", input.zklist},
                      {"ENGINE", std::string(cluster::engine_name(input.engine))},
                      {"RUN_USER", facts.as_root() ? input.run_user : ""}}},
                    facts.as_root()},
          node.address()};
}

Step wait_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
               const NodesInput& input) {
  return {host.name, wait_title(node.address()),
          RunScript{{"node_wait",
                     {{"DIR", facts.dir},
                      {"NODE", node.address()},
                      {"PORT", std::to_string(node.port)},
                      {"TIMEOUT", std::to_string(input.timeout.count())}}},
                    facts.as_root(),
                    with_slack(input.timeout)},
          node.address()};
}

Step stop_step(const cluster::Host& host, const HostFacts& facts, const cluster::Node& node,
               const NodesInput& input) {
  return {host.name, "stop " + node.address(),
          RunScript{{"node_stop",
                     {{"DIR", facts.dir},
                      {"NODE", node.address()},
                      {"PORT", std::to_string(node.port)},
                      {"GRACE", std::to_string(input.grace.count())}}},
                    facts.as_root(),
                    with_slack(input.grace)},
          node.address()};
}

HostPlan plan_nodes_start(const Hosts& hosts, const HostFactsByName& facts,
                          const NodesInput& input) {
  HostPlan result;
  Stage start{"Start the nodes", {}, OnFailure::kStep};
  Stage wait{"Wait until they have joined", {}, OnFailure::kStep, true};
  AwaitNodes joined{input.service, {}, true};
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    for (const auto& node : host.nodes) {
      start.steps.push_back(start_step(host, known->second, node, input));
      wait.steps.push_back(wait_step(host, known->second, node, input));
      joined.nodes.push_back(node.address());
    }
  }
  Stage see{"See them in ZooKeeper", {}, OnFailure::kStep, true};
  if (!joined.nodes.empty()) {
    see.steps.push_back({"", "see each node's znode, held by the engine just started", joined});
  }
  result.plan = {"memcached start", {std::move(start), std::move(wait), std::move(see)}, {}};
  return result;
}

HostPlan plan_nodes_stop(const Hosts& hosts, const HostFactsByName& facts,
                         const NodesInput& input) {
  HostPlan result;
  Stage stop{"Stop the nodes", {}, OnFailure::kStep};
  AwaitNodes gone{input.service, {}, false};
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    for (const auto& node : host.nodes) {
      stop.steps.push_back(stop_step(host, known->second, node, input));
      gone.nodes.push_back(node.address());
    }
  }
  Stage see{"See them gone from ZooKeeper", {}, OnFailure::kStep, true};
  if (!gone.nodes.empty()) see.steps.push_back({"", "see that their znodes are gone", gone});
  result.plan = {"memcached stop", {std::move(stop), std::move(see)}, {}};
  return result;
}

}  // namespace arcus::plan
