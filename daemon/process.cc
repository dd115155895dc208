#include "daemon/process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/unique_fd.h"

namespace arcus::daemon {
namespace {

constexpr rlim_t kHighestLimit = 1 << 24;

// Listeners, the log, epoll and event descriptors, the ensemble's connection, the connections that
// are reserved for the operator, and some to spare.
rlim_t descriptors_beside_connections(const Config& config) {
  return kReservedConnections + 32 + 2 * static_cast<rlim_t>(config.threads);
}

}  // namespace

Result<unsigned> raise_descriptor_limit(const Config& config) {
  const rlim_t spare = descriptors_beside_connections(config);
  const rlim_t wanted = config.connections + spare;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return errno_error("reading RLIMIT_NOFILE", errno);
  if (limit.rlim_max < wanted && geteuid() == 0) {
    const rlimit higher{wanted, wanted};
    if (setrlimit(RLIMIT_NOFILE, &higher) == 0) limit = higher;
  }
  if (limit.rlim_max < wanted) {
    return Error{ErrorCode::kRefused,
                 "-c " + std::to_string(config.connections) + " needs " + std::to_string(wanted) +
                     " descriptors, but the limit is " + std::to_string(limit.rlim_max) +
                     ": raise it (ulimit -Hn, or LimitNOFILE of the service) or lower -c"};
  }
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kHighestLimit));
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return errno_error("raising RLIMIT_NOFILE", errno);
  return static_cast<unsigned>(std::min(limit.rlim_cur, kHighestLimit) - spare);
}

Status allow_core_dumps() {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_CORE, &limit) == 0) return {};
  if (getrlimit(RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur != 0) return {};
  }
  return errno_error("raising the core file limit (-r)", errno);
}

Status lock_memory() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0) return {};
  return errno_error("locking memory (-k)", errno);
}

Status become_user(const std::string& user) {
  if (user.empty() || geteuid() != 0) return {};
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) {
    return Error{ErrorCode::kNotFound, "there is no user '" + user + "' to switch to (-u)"};
  }
  if (entry->pw_uid == 0) return {};
  if (initgroups(user.c_str(), entry->pw_gid) != 0 || setgid(entry->pw_gid) != 0 ||
      setuid(entry->pw_uid) != 0) {
    return errno_error("becoming user " + user, errno);
  }
  return {};
}

void keep_dumpable() {
  prctl(PR_SET_DUMPABLE, 1);
}

Status go_to_background() {
  const pid_t child = fork();
  if (child < 0) return errno_error("going to the background (-d)", errno);
  if (child > 0) _exit(0);
  if (setsid() < 0) return errno_error("leaving the terminal's session (-d)", errno);
  if (chdir("/") != 0) return errno_error("changing to / (-d)", errno);
  // Output goes nowhere only where it went to a terminal: a log file that was opened for us stays.
  UniqueFd nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nowhere) return errno_error("opening /dev/null", errno);
  dup2(nowhere.get(), STDIN_FILENO);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (isatty(fd) != 0) dup2(nowhere.get(), fd);
  }
  return {};
}

Status write_pid_file(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) return errno_error("writing the pid file " + path, errno);
  const std::string line = std::to_string(getpid()) + "\n";
  if (write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return errno_error("writing the pid file " + path, errno);
  }
  return {};
}

}  // namespace arcus::daemon
