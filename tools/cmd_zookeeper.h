// arcus zookeeper ...: the ensemble's servers and the Arcus tree.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> zookeeper_init(Session& session);
Result<int> zookeeper_start(Session& session);
Result<int> zookeeper_stop(Session& session);
Result<int> zookeeper_stat(Session& session);

}  // namespace arcus::tools
