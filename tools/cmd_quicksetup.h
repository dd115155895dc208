// arcus quicksetup: from bare hosts to a running cloud in one go.
#pragma once

#include "tools/session.h"

namespace arcus::tools {

Result<int> quicksetup(Session& session);

}  // namespace arcus::tools
