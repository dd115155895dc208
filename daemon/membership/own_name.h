// What this node calls itself in ZooKeeper: its address as the ensemble sees it, and its host name.
// Asks the kernel's routes and the resolver; may block as long as the resolver does.
#pragma once

#include <cstdint>
#include <string>

#include "core/arcus/names.h"
#include "core/base/result.h"

namespace arcus::daemon {

// `ip` and `hostname` override what would be found out; empty: find out.
Result<NodeName> own_name(const std::string& zklist, std::uint16_t port, const std::string& ip,
                          const std::string& hostname);

}  // namespace arcus::daemon
