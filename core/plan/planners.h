// The planners: facts in, Plan out. Pure functions that touch nothing; any thread. What can't be
// done is an Error (for the whole command) or a Complaint (for one host, the others go on).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/cluster/model.h"
#include "core/plan/facts.h"
#include "core/plan/node_facts.h"
#include "core/plan/step.h"

namespace arcus::plan {

using Hosts = std::vector<cluster::Host>;
using HostFactsByName = std::map<std::string, HostFacts>;

// Why nothing will be done on a host.
struct Complaint {
  std::string host;
  std::string message;
  bool operator==(const Complaint&) const = default;
};

struct HostPlan {
  Plan plan;
  std::vector<Complaint> complaints;
};

// --- probe: what every command on hosts begins with -------------------------------------------

struct ProbeOptions {
  std::string dir;  // as set; empty: each host's own
  std::string java;
  std::vector<std::string> releases;  // to look for
};
Plan plan_probe(const Hosts& hosts, const ProbeOptions& options);

// --- deploy -----------------------------------------------------------------------------------

struct Release {
  std::string name;         // "<version>-<sha>"
  std::string package;      // the local .tar.gz; may not be made yet in a dry run
  std::string sha256;       // of the package
  std::uint64_t bytes = 0;  // of the package
  std::uint64_t unpacked = 0;
};
struct DeployInput {
  Release cache;      // for hosts with cache nodes only
  Release zookeeper;  // the same with zookeeper/, for hosts with a ZooKeeper server
  std::string arch;   // what the binaries are for, as uname -m says
  std::string glibc;  // the lowest that they run with
  std::string run_user;
  unsigned keep = 3;  // releases kept besides those in use
  std::string token;  // makes this run's temporary names unique
};
HostPlan plan_deploy(const Hosts& hosts, const HostFactsByName& facts, const DeployInput& input);
// Which of the two a host gets.
bool wants_zookeeper(const cluster::Host& host, const HostFacts& facts);

// --- zookeeper --------------------------------------------------------------------------------

// The text of a server's zoo.cfg. `home` is its directory on the host; `connections_floor` what it
// allows already, which is never lowered.
std::string zoo_cfg(const cluster::ZookeeperSettings& settings,
                    const std::vector<cluster::ZkServer>& ensemble, const cluster::ZkServer& server,
                    const std::string& home, const Hosts& hosts,
                    std::uint64_t connections_floor = 0);
std::string zk_logging(const std::string& home);

HostPlan plan_zk_configure(const Hosts& hosts, const HostFactsByName& facts,
                           const cluster::Settings& settings,
                           const std::vector<cluster::ZkServer>& ensemble);
HostPlan plan_zk_start(const Hosts& hosts, const HostFactsByName& facts,
                       const cluster::Settings& settings, std::size_t servers);
HostPlan plan_zk_stop(const Hosts& hosts, const HostFactsByName& facts);
// The /arcus tree; waits for the ensemble first.
Plan plan_zk_tree(std::size_t servers);

// --- registration -----------------------------------------------------------------------------

struct Registration {
  Plan plan;  // empty: nothing changes
  bool is_new = false;
  std::vector<std::string> added, changed, removed;  // addresses
  std::vector<std::string> still_running;            // removed, but online
};
// kConflict names each ip:port that another cloud has; kRefused when the change is too large.
Result<Registration> plan_register(const cluster::Cloud& cloud, const RegistryFacts& facts,
                                   const std::string& now);
// kRefused names the nodes online and the clients connected, unless forced; kNotFound names near
// service codes.
Result<Plan> plan_unregister(const std::string& service, const RegistryFacts& facts, bool force);

// --- memcached --------------------------------------------------------------------------------

struct NodesInput {
  std::string service;
  std::string zklist;
  std::string run_user;
  cluster::EngineKind engine = cluster::EngineKind::kBundled;
  std::chrono::seconds timeout{60};
  std::chrono::seconds grace{10};
};
// `hosts` carry just the nodes to be started or stopped.
HostPlan plan_nodes_start(const Hosts& hosts, const HostFactsByName& facts,
                          const NodesInput& input);
HostPlan plan_nodes_stop(const Hosts& hosts, const HostFactsByName& facts, const NodesInput& input);

struct RestartInput {
  std::vector<std::string> order;  // the nodes' addresses
  std::size_t width = 1;           // how many at a time
  bool canary = false;             // the first one alone, and watched for a while
};
// Each wave begins when the one before it is ready and in ZooKeeper; the first failure ends it.
HostPlan plan_nodes_restart(const Hosts& hosts, const HostFactsByName& facts,
                            const NodesInput& input, const RestartInput& how);
// Of `order`, those that the plan's outcomes do not show restarted.
std::vector<std::string> not_restarted(const std::vector<std::string>& order,
                                       const std::vector<Outcome>& outcomes);

// The last lines of each node's log, or what came after `ends` (by address, as the fact "end" of
// the outcome before, whose title is the address).
Plan plan_logs(const Hosts& hosts, const HostFactsByName& facts, unsigned lines,
               const std::map<std::string, std::string>& ends);

// Whether the cloud's nodes that are wanted up come back when their hosts boot.
HostPlan plan_boot(const Hosts& hosts, const HostFactsByName& facts, const std::string& service,
                   bool enable);

// Asks each host's supervisors; host_nodes() reads the outcomes.
Plan plan_node_status(const Hosts& hosts, const std::string& dir, std::chrono::seconds patience);

// --- ping -------------------------------------------------------------------------------------

// From every host with cache nodes to every server of the ensemble.
Plan plan_reach(const Hosts& hosts, const std::vector<cluster::ZkServer>& servers);

// The error for a service code that is not registered, with near ones.
Error unknown_service(const std::string& service, const RegistryFacts& facts);

}  // namespace arcus::plan
