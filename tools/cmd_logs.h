// memcached logs: what engines and supervisors wrote, from all hosts at once.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> memcached_logs(Session& session);

}  // namespace arcus::tools
