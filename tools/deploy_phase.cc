#include "tools/deploy_phase.h"

#include "core/base/text.h"
#include "tools/packager.h"

namespace arcus::tools {

Result<bool> deploy_to(Session& session, const plan::Hosts& hosts) {
  auto packager = Packager::open(session.settings().bundle, session.flags().package);
  if (!packager.ok()) return packager.error();
  const plan::DeployInput& names = packager->input();
  const auto facts = session.probe(hosts, {names.cache.name, names.zookeeper.name});

  bool cache = false, zookeeper = false;
  for (const auto& host : hosts) {
    const auto known = facts.find(host.name);
    if (known == facts.end()) continue;
    const bool with = plan::wants_zookeeper(host, known->second);
    if (known->second.releases.count(with ? names.zookeeper.name : names.cache.name) != 0) continue;
    (with ? zookeeper : cache) = true;
  }
  if (!session.flags().dry_run) {
    if (auto packed = packager->pack(cache, zookeeper, session.cancel()); !packed.ok())
      return packed.error();
  }
  plan::DeployInput input = packager->input();
  input.run_user = session.settings().run_user;
  const auto plan = plan::plan_deploy(hosts, facts, input);
  if (plan.plan.empty() && plan.complaints.empty() && facts.size() == hosts.size()) {
    session.output().say("Every host has the release already; nothing was sent.");
  }
  for (const auto& host : hosts) {
    session.predict(host.name, [](plan::HostFacts& known) { known.current = "this release"; });
  }
  return session.execute(plan) && facts.size() == hosts.size();
}

}  // namespace arcus::tools
