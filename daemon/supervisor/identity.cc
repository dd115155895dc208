#include "daemon/supervisor/identity.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace arcus::daemon {
namespace {

Identity from_entry(const passwd& entry) {
  return {entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir};
}

}  // namespace

Result<Identity> find_identity(uid_t uid) {
  if (const passwd* entry = ::getpwuid(uid)) return from_entry(*entry);
  // A user without an entry may run its own nodes (containers do that), root can't become it.
  if (uid == ::geteuid()) return Identity{uid, ::getegid(), std::to_string(uid), "/"};
  return Error{ErrorCode::kNotFound, "user " + std::to_string(uid) + " has no passwd entry"};
}

Result<Identity> find_identity(const std::string& user) {
  if (user.empty()) return find_identity(::geteuid());
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) {
    return Error{ErrorCode::kNotFound, "user \"" + user + "\" does not exist on this host"};
  }
  if (::geteuid() != 0 && ::geteuid() != entry->pw_uid) {
    return Error{ErrorCode::kRefused, "only root can run a node as user \"" + user + "\""};
  }
  return from_entry(*entry);
}

Status become(const Identity& identity) {
  if (::geteuid() != 0) return {};
  if (identity.uid == 0) return {};
  if (::initgroups(identity.name.c_str(), identity.gid) != 0) {
    return errno_error("initgroups for " + identity.name, errno);
  }
  if (::setgid(identity.gid) != 0) return errno_error("setgid for " + identity.name, errno);
  if (::setuid(identity.uid) != 0) return errno_error("setuid for " + identity.name, errno);
  if (::setuid(0) == 0) return Error{ErrorCode::kInternal, "root could be had back"};
  return {};
}

Status limit_open_files(std::uint64_t count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return errno_error("getrlimit", errno);
  rlimit wished{count, std::max<rlim_t>(count, limit.rlim_max)};
  if (::setrlimit(RLIMIT_NOFILE, &wished) == 0) return {};
  wished = {std::min<rlim_t>(count, limit.rlim_max), limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &wished) == 0) return {};
  return errno_error("limiting open files to " + std::to_string(count), errno);
}

}  // namespace arcus::daemon
