// Reads an ACL group from ZooKeeper:
//
//   /arcus_acl/<group>/<user>                what the user may do, "kv,list"
//   /arcus_acl/<group>/<user>/authPassword   "SCRAM-SHA-256$<iterations>:<salt>$<stored>:<server>"
//
// Any thread that may wait.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/auth/users.h"

namespace arcus::daemon {

// With a session of its own, which is closed again.
Result<Users> read_users(const std::string& zklist, const std::string& group, Deadline deadline);

}  // namespace arcus::daemon
