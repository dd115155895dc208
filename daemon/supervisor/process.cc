#include "daemon/supervisor/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace arcus::daemon {
namespace {

// How long the kernel may take to tear down a process that was sent SIGKILL.
constexpr std::chrono::seconds kKillTakes{5};

std::string proc_path(pid_t pid, std::string_view file) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(file);
}

std::vector<std::string> zero_separated(std::string text) {
  if (text.empty()) return {};
  if (text.back() == '\0') text.pop_back();
  return split(text, '\0');
}

}  // namespace

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
  const auto close = text.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  const auto fields = split(trim(text.substr(close + 1)), ' ');
  constexpr std::size_t kStartTime = 19;  // field 22, counted from the state, which is field 3
  if (fields.size() <= kStartTime || fields[0].size() != 1) return std::nullopt;
  const auto start_time = parse_number(fields[kStartTime]);
  if (!start_time) return std::nullopt;
  return ProcStat{fields[0][0], *start_time};
}

std::optional<uid_t> parse_proc_owner(std::string_view text) {
  for (const auto& line : lines(text)) {
    const auto words = split(line, '\t');  // "Uid:", real, effective, saved, file system
    if (words.size() < 3 || words[0] != "Uid:") continue;
    const auto uid = parse_number(words[2]);
    if (uid) return static_cast<uid_t>(*uid);
  }
  return std::nullopt;
}

std::optional<ProcessId> find_process(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  const auto text = read_small_file(proc_path(pid, "stat"));
  if (!text) return std::nullopt;
  const auto stat = parse_proc_stat(*text);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return std::nullopt;
  return ProcessId{pid, stat->start_time};
}

bool alive(const ProcessId& id) {
  return id.pid > 0 && find_process(id.pid) == id;
}

std::optional<uid_t> process_owner(pid_t pid) {
  // Not the owner of /proc/<pid>: that is root for a process that gave up its privileges.
  const auto text = read_small_file(proc_path(pid, "status"));
  if (!text) return std::nullopt;
  return parse_proc_owner(*text);
}

std::vector<std::string> process_argv(pid_t pid) {
  const auto text = read_small_file(proc_path(pid, "cmdline"));
  return text ? zero_separated(*text) : std::vector<std::string>{};
}

std::string process_exe(pid_t pid) {
  std::error_code error;
  return std::filesystem::read_symlink(proc_path(pid, "exe"), error).string();
}

std::string process_variable(pid_t pid, std::string_view name) {
  const auto text = read_small_file(proc_path(pid, "environ"));
  if (!text) return "";
  const std::string start = std::string(name) + "=";
  for (const auto& variable : zero_separated(*text)) {
    if (variable.starts_with(start)) return variable.substr(start.size());
  }
  return "";
}

std::string user_name(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry != nullptr ? entry->pw_name : std::to_string(uid);
}

const std::string& boot_id() {
  static const std::string id = [] {
    const auto text = read_small_file("/proc/sys/kernel/random/boot_id");
    return text ? std::string(trim(*text)) : std::string();
  }();
  return id;
}

Result<UniqueFd> open_process(const ProcessId& id) {
  const std::string what = "process " + std::to_string(id.pid);
  if (id.pid <= 0) return Error{ErrorCode::kNotFound, "no such process"};
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, id.pid, 0)));
  if (!pidfd && errno == ESRCH) return Error{ErrorCode::kNotFound, what + " is gone"};
  if (!pidfd) return errno_error(what + ": pidfd_open (needs Linux 5.3)", errno);
  // Opened first, compared second: the pidfd can't change its process any more.
  if (!alive(id)) return Error{ErrorCode::kNotFound, what + " is gone"};
  return pidfd;
}

Status send_signal(const UniqueFd& pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0) return {};
  if (errno == ESRCH) return {};  // gone already, which is what signals here are for
  return errno_error("sending signal " + std::to_string(signal), errno);
}

bool ended_within(const UniqueFd& pidfd, std::chrono::milliseconds span) {
  const Deadline deadline = Deadline::in(span);
  while (true) {
    pollfd wait{pidfd.get(), POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return true;
    if (deadline.passed()) return false;
  }
}

Status end_process(const UniqueFd& pidfd, std::chrono::milliseconds grace) {
  if (auto sent = send_signal(pidfd, SIGTERM); !sent) return sent;
  if (ended_within(pidfd, grace)) return {};
  if (auto sent = send_signal(pidfd, SIGKILL); !sent) return sent;
  if (ended_within(pidfd, kKillTakes)) return {};
  return Error{ErrorCode::kTimeout, "still there after SIGKILL (hanging in the kernel?)"};
}

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return errno_error(path, errno);
  std::string text;
  std::array<char, 16384> piece{};
  while (text.size() < limit) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(path, errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return invalid(path + ": larger than " + format_bytes(limit));
}

}  // namespace arcus::daemon
