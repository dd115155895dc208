#include "tools/cmd_quicksetup.h"

#include <algorithm>

#include "tools/deploy_phase.h"
#include "tools/memcached_phases.h"
#include "tools/zookeeper_phases.h"

namespace arcus::tools {

namespace {

bool ensemble_serves(Session& session) {
  return !session.cancel().requested() &&
         exec::has_quorum(exec::stat_servers(
             session.servers(), Deadline::in(std::chrono::seconds(2)), &session.cancel()));
}

}  // namespace

Result<int> quicksetup(Session& session) {
  const auto cloud = session.cloud_file();
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, true);
  const auto deployed = deploy_to(session, hosts);
  if (!deployed.ok()) return deployed.error();
  // A cache host that failed doesn't keep the others from coming up; nor does a member of the
  // ensemble, unless the ensemble has to be set up first.
  const bool member_failed = std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) {
    return !host.zk.empty() && session.failed(host.name);
  });
  if (member_failed && !ensemble_serves(session)) return session.finish();
  if (!member_failed) {
    auto done = init_ensemble(session, hosts, AfterInit::kRunning);
    if (!done.ok()) return done.error();
    if (!session.flags().dry_run && !ensemble_serves(session)) return session.finish();
  }
  if (auto done = register_cloud(session, *cloud); !done.ok()) return done.error();
  start_nodes(session, *cloud);
  const int status = session.finish();
  if (!session.output().json() && !session.flags().dry_run) {
    session.output().result("\n");
    const auto shown = show_cloud(session, cloud->service_code);
    if (!shown.ok()) return shown.error();
  }
  return status;
}

}  // namespace arcus::tools
