// arcus ping: is everything reachable, from here and from the hosts?
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> ping(Session& session);

}  // namespace arcus::tools
