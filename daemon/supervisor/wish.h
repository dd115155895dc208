// Changing what is wanted of a node whose supervisor runs. With the node's verb.lock held.
#pragma once

#include "daemon/supervisor/run_dir.h"

namespace arcus::daemon {

// Writes it down and tells the supervisor. kNotFound: none runs.
Status wish(const RunDir& run, Want want);

}  // namespace arcus::daemon
