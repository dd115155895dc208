// Reads an ACL group from ZooKeeper:
//
//   /arcus_acl/<group>/<user>                what the user may do, "kv,list"
//   /arcus_acl/<group>/<user>/authPassword   "SCRAM-SHA-256$<iterations>:<salt>$<stored>:<server>"
//
//   /arcus_acl_mapping/<cloud>               the group of that cloud
//
// Each call opens a session of its own and closes it again. Any thread that may wait.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "daemon/auth/users.h"

namespace arcus::daemon {

Result<Users> read_users(const std::string& zklist, const std::string& group, Deadline deadline);
// Of the group that the cloud is mapped to.
Result<Users> read_users_of_cloud(const std::string& zklist, const std::string& cloud,
                                  Deadline deadline);

}  // namespace arcus::daemon
