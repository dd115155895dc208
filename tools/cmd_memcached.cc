#include "tools/cmd_memcached.h"

#include "core/base/text.h"
#include "core/report/cloud_status.h"
#include "tools/exit_status.h"
#include "tools/memcached_phases.h"

namespace arcus::tools {

Result<int> memcached_register(Session& session) {
  const auto cloud = session.cloud_file();
  if (!cloud.ok()) return cloud.error();
  if (auto done = register_cloud(session, *cloud); !done.ok()) return done.error();
  return session.finish();
}

Result<int> memcached_unregister(Session& session) {
  const std::string& service = session.flags().service;
  const auto facts = session.registry().read(service);
  if (!facts.ok()) return facts.error();
  const auto plan = plan::plan_unregister(service, *facts, session.flags().force);
  if (!plan.ok()) return plan.error();
  const auto confirmed = session.confirm("This removes the cloud " + service + " from ZooKeeper.",
                                         "Delete " + service);
  if (!confirmed.ok()) return confirmed.error();
  session.execute(*plan);
  return session.finish();
}

Result<int> memcached_start(Session& session) {
  const auto cloud = registered_cloud(session, Undefined::kLeftOut);
  if (!cloud.ok()) return cloud.error();
  start_nodes(session, *cloud);
  return session.finish();
}

Result<int> memcached_stop(Session& session) {
  const auto cloud = registered_cloud(session, Undefined::kTaken);
  if (!cloud.ok()) return cloud.error();
  const auto hosts = session.hosts(*cloud, false);
  session.execute(plan::plan_nodes_stop(hosts, session.probe(hosts), nodes_input(session, *cloud)));
  return session.finish();
}

Result<int> memcached_list(Session& session) {
  const auto status = show_cloud(session, session.flags().service);
  if (!status.ok()) return status.error();
  return kOk;
}

Result<int> memcached_listall(Session& session) {
  const auto facts = session.registry().read();
  if (!facts.ok()) return facts.error();
  std::vector<report::CloudStatus> clouds;
  for (const auto& [service, cloud] : facts->clouds) {
    clouds.push_back(report::cloud_status(*facts, cloud));
  }
  if (session.output().json()) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& cloud : clouds) array.push_back(report::cloud_json(cloud));
    session.output().result(array.dump(2) + "\n");
  } else if (clouds.empty()) {
    session.output().result("No cloud is registered.\n");
  } else {
    session.output().result(report::clouds_text(clouds, session.output().style()));
  }
  return kOk;
}

}  // namespace arcus::tools
