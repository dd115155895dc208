#include "daemon/supervisor/engine.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/arcus/limits.h"
#include "daemon/supervisor/process.h"

namespace arcus::daemon {
namespace {

constexpr int kReadyFd = 3;
constexpr int kReadyReaderFd = 4;
constexpr int kFirstOwnFd = 10;  // what the child must not lose while it places 0 to 4
// Older systems' headers lack it; the number is the kernel's.
constexpr auto kPidfdId = static_cast<idtype_t>(3);

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

// Both ends close on exec and keep out of the way of the child's 0 to 4.
Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("pipe", errno);
  const UniqueFd low_reader(ends[0]);
  const UniqueFd low_writer(ends[1]);
  Pipe pipe{UniqueFd(::fcntl(ends[0], F_DUPFD_CLOEXEC, kFirstOwnFd)),
            UniqueFd(::fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstOwnFd))};
  if (!pipe.reader || !pipe.writer) return errno_error("pipe", errno);
  return pipe;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// An engine begins with no signal blocked or ignored, whatever its supervisor or ssh did.
void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

struct Child {
  std::vector<std::string> argv;
  std::vector<std::string> environment;
  int log_fd = -1;
  ChildLimits limits;
  const Pipe& ready;
  const Pipe& gate;
  const Pipe& error;
};

[[noreturn]] void run_child(Child& child) {
  ::setsid();
  auto argv = pointers(child.argv);
  auto environment = pointers(child.environment);
  const int log = ::fcntl(child.log_fd, F_DUPFD_CLOEXEC, kFirstOwnFd);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int null_high = ::fcntl(null, F_DUPFD_CLOEXEC, kFirstOwnFd);
  ::dup2(null_high, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  ::dup2(child.ready.writer.get(), kReadyFd);
  ::dup2(child.ready.reader.get(), kReadyReaderFd);
  ::close(child.gate.writer.get());  // else we would wait for ourselves
  char go = 0;
  ssize_t got = 0;
  do {
    got = ::read(child.gate.reader.get(), &go, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) ::_exit(0);  // the supervisor died before it wrote our number down
  reset_signals();
  apply_limits(child.limits);
  ::execvpe(argv[0], argv.data(), environment.data());
  const int error = errno;
  [[maybe_unused]] const auto told = ::write(child.error.writer.get(), &error, sizeof error);
  ::_exit(127);
}

std::uint64_t inode(const UniqueFd& fd) {
  struct stat info {};
  return ::fstat(fd.get(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

Result<Engine> Engine::spawn(const Options& options) {
  auto ready = make_pipe();
  auto gate = make_pipe();
  auto error = make_pipe();
  for (const auto* pipe : {&ready, &gate, &error}) {
    if (!*pipe) return pipe->error();
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
  environment.push_back("ARCUS_READY_FD=" + std::to_string(kReadyFd));
  Child child{options.argv, std::move(environment), options.log_fd, options.limits, *ready, *gate, *error};
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork", errno);
  if (pid == 0) run_child(child);

  Engine engine;
  engine.gate_ = std::move(gate->writer);
  engine.exec_error_ = std::move(error->reader);
  engine.ready_ = std::move(ready->reader);
  ::fcntl(engine.ready_.get(), F_SETFL, O_NONBLOCK);
  engine.ready_pipe_ = inode(engine.ready_);
  const auto id = find_process(pid);
  auto pidfd = open_process(id.value_or(ProcessId{pid, 0}));
  if (!pidfd) {
    engine.gate_.reset();  // the child leaves
    ::waitpid(pid, nullptr, 0);
    return pidfd.error();
  }
  engine.id_ = *id;
  engine.pidfd_ = *std::move(pidfd);
  return engine;
}

Status Engine::release() {
  const char go = 1;
  [[maybe_unused]] const auto written = ::write(gate_.get(), &go, 1);
  gate_.reset();
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(exec_error_.get(), &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  exec_error_.reset();
  if (got <= 0) return {};  // closed by a successful exec
  return errno_error("could not be executed", error);
}

Result<Engine> Engine::adopt(const ProcessId& id, std::uint64_t ready_pipe) {
  auto pidfd = open_process(id);
  if (!pidfd) return pidfd.error();
  Engine engine;
  engine.id_ = id;
  engine.pidfd_ = *std::move(pidfd);
  const std::string path =
      "/proc/" + std::to_string(id.pid) + "/fd/" + std::to_string(kReadyReaderFd);
  engine.ready_.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  // The engine may have closed it and be using the number for something of its own.
  if (engine.ready_ && inode(engine.ready_) != ready_pipe) engine.ready_.reset();
  engine.ready_pipe_ = ready_pipe;
  return engine;
}

std::optional<ReadyLine> Engine::read_ready() {
  constexpr std::size_t kLongest = 4096;
  std::array<char, 512> piece{};
  while (ready_) {
    const ssize_t got = ::read(ready_.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0 || ready_text_.size() > kLongest) {
      ready_.reset();
      break;
    }
    ready_text_.append(piece.data(), static_cast<std::size_t>(got));
  }
  const auto end = ready_text_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  auto line = parse_ready_line(ready_text_.substr(0, end));
  ready_text_.erase(0, end + 1);
  return line;
}

Engine::End Engine::reap() const {
  siginfo_t info{};
  if (::waitid(kPidfdId, static_cast<id_t>(pidfd_.get()), &info, WEXITED) == 0) {
    return describe_end(info.si_code, info.si_status);
  }
  return {std::nullopt, "exit status not known (not a child of its supervisor)"};
}

Engine::End describe_end(int code, int status) {
  if (code == CLD_EXITED) {
    std::string text = "exit status " + std::to_string(status);
    if (status == kExitSessionExpired) text += " (ZooKeeper session expired)";
    if (status == kExitNotJoined) text += " (could not join ZooKeeper)";
    return {status, std::move(text)};
  }
  const char* name = ::sigabbrev_np(status);
  std::string text = "killed by signal " + std::to_string(status);
  if (name != nullptr) text += " (SIG" + std::string(name) + ")";
  if (code == CLD_DUMPED) text += ", core dumped";
  return {std::nullopt, std::move(text)};
}

}  // namespace arcus::daemon
