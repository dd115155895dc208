#include "tools/cmd_quicksetup.h"

#include "tools/deploy_phase.h"
#include "tools/memcached_phases.h"
#include "tools/zookeeper_phases.h"

namespace arcus::tools {

Result<int> quicksetup(Session& session) {
  const auto cloud = session.cloud_file();
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, true);
  const auto deployed = deploy_to(session, hosts);
  if (!deployed.ok()) return deployed.error();
  // A cache host that failed doesn't keep the others from coming up; a member of the ensemble does.
  for (const auto& host : hosts) {
    if (!host.zk.empty() && session.failed(host.name)) return session.finish();
  }
  if (auto done = init_ensemble(session, hosts, AfterInit::kRunning); !done.ok())
    return done.error();
  if (!session.flags().dry_run) {
    const auto stats = exec::stat_servers(session.servers(), Deadline::in(std::chrono::seconds(2)));
    if (!exec::has_quorum(stats) || session.cancel().requested()) return session.finish();
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
