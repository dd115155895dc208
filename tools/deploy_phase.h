// The deploy phase, shared by `deploy` and `quicksetup`.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

// Brings the release to every host. False when one failed.
Result<bool> deploy_to(Session& session, const plan::Hosts& hosts);

}  // namespace arcus::tools
