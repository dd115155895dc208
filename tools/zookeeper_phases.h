// The phases of bringing up an ensemble, which `zookeeper init`, `zookeeper start` and `quicksetup`
// share.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

enum class AfterInit {
  kAsFound,  // servers that init had to start are stopped again
  kRunning,
};

// Configures the servers (unless somebody else runs them), starts them, makes the tree.
Status init_ensemble(Session& session, const plan::Hosts& hosts, AfterInit after);

bool start_ensemble(Session& session, const plan::Hosts& hosts);

}  // namespace arcus::tools
