// memcached restart: node after node, each only when the one before it serves again. And what
// happens to a cloud when its hosts boot.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> memcached_restart(Session& session);
Result<int> memcached_enable(Session& session);
Result<int> memcached_disable(Session& session);

}  // namespace arcus::tools
