// arcus memcached ...: clouds in ZooKeeper and their nodes on the hosts.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> memcached_register(Session& session);
Result<int> memcached_unregister(Session& session);
Result<int> memcached_start(Session& session);
Result<int> memcached_stop(Session& session);
Result<int> memcached_list(Session& session);
Result<int> memcached_listall(Session& session);

}  // namespace arcus::tools
