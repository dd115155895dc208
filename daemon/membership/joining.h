// The steps by which a node becomes a member of its cloud, over a connected session. All block, up
// to the deadline; connection losses on the way are waited out. The membership's thread only.
#pragma once

#include <functional>
#include <string>

#include "core/arcus/names.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/membership/ensemble.h"

namespace arcus::daemon {

struct Registration {
  std::string service;
  std::string mapping;  // the znode that names it
};
// Under which service code the node is registered. kNotFound names the znodes looked at.
Result<Registration> find_registration(Ensemble& zk, const NodeName& self, Deadline deadline);

// How to open one more session, and the one that the engine before us had (id 0: not known).
struct Sessions {
  const Connect& connect;
  zk::Options options;
  zk::SessionId saved;
};
// Waits until no znode of the node's address (under whatever host name) is in the cloud. One that
// belongs to the saved session is taken away by ending that session.
Status clear_predecessors(Ensemble& zk, const std::string& service, const NodeName& self,
                          const Sessions& sessions, Deadline deadline);

Status create_own_znode(Ensemble& zk, const std::string& service, const NodeName& self,
                        std::uint32_t memlimit_mb, Deadline deadline);

// Writes to cache_server_log; `what` is "join".
Status write_server_log(Ensemble& zk, const NodeName& self, const std::string& what,
                        Deadline deadline);

}  // namespace arcus::daemon
