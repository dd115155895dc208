#include "tools/zookeeper_phases.h"

namespace arcus::tools {
namespace {

// Hosts with only those servers that don't run yet.
plan::Hosts stopped_servers(const plan::Hosts& hosts, const plan::HostFactsByName& facts) {
  plan::Hosts stopped;
  for (auto host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    std::erase_if(host.zk, [&](const cluster::ZkServer& server) {
      const auto zk = known->second.zk.find(server.client_port);
      return zk != known->second.zk.end() && zk->second.running;
    });
    if (!host.zk.empty()) stopped.push_back(std::move(host));
  }
  return stopped;
}

}  // namespace

bool start_ensemble(Session& session, const plan::Hosts& hosts) {
  const auto facts = session.probe(hosts);
  return session.execute(
      plan::plan_zk_start(hosts, facts, session.settings(), session.servers().size()));
}

Status init_ensemble(Session& session, const plan::Hosts& hosts, AfterInit after) {
  const auto& settings = session.settings();
  if (!settings.zookeeper.managed) {
    session.execute(plan::plan_zk_tree(session.servers().size()));
    return {};
  }
  const auto facts = session.probe(hosts);
  // With a member missing nothing is begun: the ensemble would be set up without it.
  bool all = true;
  for (const auto& host : hosts) {
    if (host.zk.empty() || facts.find(host.name) != facts.end()) continue;
    session.complain(host.name, "its ZooKeeper server can't be set up, so none was");
    all = false;
  }
  if (!all) return {};
  if (!session.execute(plan::plan_zk_configure(hosts, facts, settings, session.servers()))) {
    return {};
  }
  const auto to_start = stopped_servers(hosts, facts);
  const bool serves =
      to_start.empty() ||
      session.execute(plan::plan_zk_start(to_start, facts, settings, session.servers().size()));
  if (serves) session.execute(plan::plan_zk_tree(session.servers().size()));
  // Also after a failure: servers that were started for nothing don't stay.
  if (after == AfterInit::kAsFound && !to_start.empty() &&
      session.execute(plan::plan_zk_stop(to_start, facts)) && !session.flags().dry_run) {
    session.output().say(
        "The ensemble is stopped again, as it was: 'arcus zookeeper start' starts it.");
  }
  return {};
}

}  // namespace arcus::tools
