// arcus deploy: the release on every host.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> deploy(Session& session);

}  // namespace arcus::tools
