#include "tools/cmd_deploy.h"

#include "tools/deploy_phase.h"

namespace arcus::tools {

Result<int> deploy(Session& session) {
  const auto cloud = session.cloud_file();
  if (!cloud.ok()) return cloud.error();
  const auto deployed = deploy_to(session, session.hosts(*cloud, true));
  if (!deployed.ok()) return deployed.error();
  return session.finish();
}

}  // namespace arcus::tools
