// What the kernel bounds a node by, beyond open files. Called once a process, before any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace arcus::daemon {

// Puts this process, and what it will fork, into a control group of the node's own that is bounded
// to so many bytes of memory. Needs root and a cgroup file system (either version).
Status bound_memory(const std::string& node, std::uint64_t bytes);

// When memory runs out the supervisor is to be the last to go: who lives can start the other again.
Status spare_from_oom();

// For the engine's process, between fork and exec.
struct ChildLimits {
  std::optional<std::uint64_t> core;  // bytes of a core file; nothing: as it is
  int oom_score_adj = 0;
};
void apply_limits(const ChildLimits& limits);

}  // namespace arcus::daemon
