// Other processes as /proc and pidfds show them. A process is always meant by number and start
// time, so that a number used again is never signalled. Any thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "daemon/supervisor/records.h"

namespace arcus::daemon {

// What one /proc/<pid>/stat line says; the command in it may hold blanks and parentheses.
struct ProcStat {
  char state = '?';
  std::uint64_t start_time = 0;
};
std::optional<ProcStat> parse_proc_stat(std::string_view text);
// The effective user in a /proc/<pid>/status.
std::optional<uid_t> parse_proc_owner(std::string_view text);

// The running process of that number; nothing if there is none or it is only waiting to be reaped.
std::optional<ProcessId> find_process(pid_t pid);
bool alive(const ProcessId& id);
std::optional<uid_t> process_owner(pid_t pid);
std::vector<std::string> process_argv(pid_t pid);
std::string process_exe(pid_t pid);
// The value of a variable in the environment it was started with; empty if not to be seen.
std::string process_variable(pid_t pid, std::string_view name);
std::string user_name(uid_t uid);
const std::string& boot_id();

// A pidfd of exactly this process. kNotFound: it is gone.
Result<UniqueFd> open_process(const ProcessId& id);
Status send_signal(const UniqueFd& pidfd, int signal);
// True once the process has ended, waiting that long for it.
bool ended_within(const UniqueFd& pidfd, std::chrono::milliseconds span);
// SIGTERM, SIGKILL after the grace period; ok once the process is verified gone.
Status end_process(const UniqueFd& pidfd, std::chrono::milliseconds grace);

// A whole small file (procfs gives no sizes); at most `limit` bytes. Never waits, not even on a
// FIFO that somebody put there.
Result<std::string> read_small_file(const std::string& path, std::size_t limit = 1 << 20);

}  // namespace arcus::daemon
