// As whom the supervisor and its engine run. Called before any thread exists.
#pragma once

#include <sys/types.h>

#include <string>

#include "core/base/result.h"

namespace arcus::daemon {

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
  std::string home;
};

// The user of that name; an empty name is whoever calls. Refuses another user unless root calls.
Result<Identity> find_identity(const std::string& user);
Result<Identity> find_identity(uid_t uid);

// Becomes that user for good: groups, gid, uid. Nothing to do when the caller is not root.
Status become(const Identity& identity);

// Raises (or lowers) the limit of open files; without privileges as far as the hard limit lets.
Status limit_open_files(std::uint64_t count);

}  // namespace arcus::daemon
