// A node's state as its run directory tells it, corrected by what really runs. Any thread; never
// waits for another process.
#pragma once

#include "core/base/result.h"
#include "daemon/supervisor/records.h"
#include "daemon/supervisor/run_dir.h"

namespace arcus::daemon {

StatusView observe(const RunDir& run);

// The view of a node that was never started here.
StatusView unknown_node(const std::string& node);

// The recorded processes, if they are what was recorded and run.
bool engine_runs(const RunDir& run, const NodeStatus& status);
bool supervisor_runs(const RunDir& run, const NodeStatus& status);

// {"node": ..., "error": ...}
std::string encode_error(const std::string& node, const Error& error);

}  // namespace arcus::daemon
