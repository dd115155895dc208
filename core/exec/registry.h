// The ensemble as planners and steps see it: reads what a command needs in few round trips, writes
// what a plan says, waits for states. Connects when first asked; one session for the command.
// Any thread, one call at a time each.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/cluster/model.h"
#include "core/plan/facts.h"
#include "core/zk/client.h"

namespace arcus::exec {

// One server as `zookeeper stat` shows it.
struct ServerStat {
  cluster::ZkServer server;
  std::string error;  // why it doesn't answer; empty: it does
  std::string mode;   // "leader", "follower", "standalone", "observer"; empty: serves nobody
  std::string version;
  std::string latency;  // "0/0.4/12", min/avg/max in ms
  std::string zxid;
  std::uint64_t connections = 0;
  std::uint64_t znodes = 0;

  bool serving() const { return error.empty() && !mode.empty(); }
};

// Asks all servers at once. Never longer than the deadline, nor than `cancel` allows.
std::vector<ServerStat> stat_servers(const std::vector<cluster::ZkServer>& servers,
                                     Deadline deadline, const Cancel* cancel = nullptr);
// A majority serves, one of them as the leader (or one alone).
bool has_quorum(const std::vector<ServerStat>& stats);

class Registry {
 public:
  Registry(std::vector<cluster::ZkServer> servers, std::chrono::milliseconds timeout,
           const Cancel& cancel);

  // The whole of /arcus in two round trips, however many clouds; with it the clients of `detailed`
  // (a service code) and the data of the mappings at `addresses`.
  Result<plan::RegistryFacts> read(const std::string& detailed = {},
                                   const std::vector<std::string>& addresses = {});

  Status change(const std::vector<plan::ZnodeOp>& operations);
  // How many were missing.
  Result<std::size_t> ensure(const std::vector<std::string>& paths);
  // Waits until all servers serve, but for those `without` ("host:port"), and there is a quorum;
  // fails with what each of the missing says.
  Status await_ensemble(const std::set<std::string>& without = {});
  // Waits for the nodes' children of cache_list/<service>. With `sessions` (address -> session id)
  // a node counts as present only when that session owns its znode.
  Status await_nodes(const std::string& service, const std::vector<std::string>& nodes,
                     bool present, const std::map<std::string, std::int64_t>& sessions);

 private:
  Result<zk::Client*> client();
  Deadline deadline() const { return Deadline::in(timeout_); }

  std::vector<cluster::ZkServer> servers_;
  std::chrono::milliseconds timeout_;
  const Cancel& cancel_;
  std::mutex connecting_;
  std::unique_ptr<zk::Client> client_;
};

}  // namespace arcus::exec
