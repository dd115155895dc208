// The steps by which a node becomes a member of its cloud, over a connected session. All block, up
// to the deadline; connection losses on the way are waited out. The membership's thread only.
#pragma once

#include <functional>
#include <string>

#include "core/arcus/names.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/zk/client.h"

namespace arcus::daemon {

// The service code that the node is registered under. kNotFound names the znodes looked at.
Result<std::string> find_service_code(zk::Client& zk, const NodeName& self, Deadline deadline);

// Waits until no znode of the node's address (under whatever host name) is in the cloud. One that
// belongs to the session `saved` (id 0: none) is taken away by ending that session.
Status clear_predecessors(zk::Client& zk, const std::string& service, const NodeName& self,
                          const zk::Options& connection, const zk::SessionId& saved,
                          Deadline deadline);

Status create_own_znode(zk::Client& zk, const std::string& service, const NodeName& self,
                        std::uint32_t memlimit_mb, Deadline deadline);

// Writes to cache_server_log; `what` is "join".
Status write_server_log(zk::Client& zk, const NodeName& self, const std::string& what,
                        Deadline deadline);

}  // namespace arcus::daemon
