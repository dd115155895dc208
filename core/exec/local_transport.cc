#include "core/exec/local_transport.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace arcus::exec {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGrace{2000};       // from TERM to KILL
constexpr milliseconds kSudoCheck{10000};  // sudo may ask a directory service
constexpr std::size_t kCopyChunk = 1 << 20;

struct Pipe {
  UniqueFd read, write;
};

Result<Pipe> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return errno_error("pipe", errno);
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void set_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// Between fork and exec only async-signal-safe calls are allowed: other threads may hold locks.
[[noreturn]] void become(const char* const* argv, int in, int out, int err) {
  ::setsid();
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
    ::sigaction(number, &plain, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(argv[0], const_cast<char* const*>(argv));
  ::_exit(127);
}

// A child process: reaped, whatever happens.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0 || reaped_) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
  }

  Status start(const std::vector<const char*>& argv) {
    Result<Pipe> in = make_pipe(), out = make_pipe(), err = make_pipe();
    if (!in) return in.error();
    if (!out) return out.error();
    if (!err) return err.error();
    pid_ = ::fork();
    if (pid_ < 0) return errno_error("fork", errno);
    if (pid_ == 0) become(argv.data(), in->read.get(), out->write.get(), err->write.get());
    input = std::move(in->write);
    outputs = {std::move(out->read), std::move(err->read)};
    set_nonblocking(input.get());
    for (const UniqueFd& output : outputs) set_nonblocking(output.get());
    exited.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    return exited ? Status() : Status(errno_error("pidfd_open", errno));
  }

  bool reap() {
    if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
    return reaped_;
  }
  int exit_status() const {
    return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
  }
  pid_t pid() const { return pid_; }

  UniqueFd input;
  std::array<UniqueFd, 2> outputs;  // stdout, stderr
  UniqueFd exited;                  // a pidfd: readable once it has ended

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

class Running {
 public:
  Running(Child& child, std::string_view script, const Cancel* cancel, milliseconds timeout)
      : child_(child), script_(script), cancel_(cancel), deadline_(Deadline::in(timeout)) {}

  // Ends when the shell has ended, not when the last holder of its pipes has: a daemon that the
  // script started may keep them for ever.
  Status until_exit(CommandResult& result) {
    while (!child_.reap()) {
      if (cancel_ != nullptr && cancel_->requested()) {
        return Error{ErrorCode::kCancelled, "cancelled", false};
      }
      if (deadline_.passed()) return Error{ErrorCode::kTimeout, "timed out", true};
      wait();
      write_script();
      drain(result);
    }
    drain(result);
    result.exit_status = child_.exit_status();
    return {};
  }

 private:
  void wait() {
    const auto out = [this](int i) { return pollfd{child_.outputs[i].get(), POLLIN, 0}; };
    pollfd fds[5] = {out(0),
                     out(1),
                     {child_.input.get(), POLLOUT, 0},
                     {child_.exited.get(), POLLIN, 0},
                     {cancel_ ? cancel_->fd() : -1, POLLIN, 0}};
    const auto left = std::min<std::int64_t>(deadline_.left().count(), 3'600'000);
    ::poll(fds, 5, static_cast<int>(left));
  }

  // A script that ends early leaves some of its text unread; that is its business.
  void write_script() {
    while (child_.input && !script_.empty()) {
      const ssize_t sent = ::write(child_.input.get(), script_.data(), script_.size());
      if (sent < 0 && errno == EAGAIN) return;
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) script_ = {};
      if (sent > 0) script_.remove_prefix(static_cast<std::size_t>(sent));
    }
    child_.input.reset();
  }

  void drain(CommandResult& result) {
    std::string* texts[2] = {&result.out, &result.err};
    char buffer[32 << 10];
    for (int i = 0; i < 2; ++i) {
      while (child_.outputs[i]) {
        const ssize_t got = ::read(child_.outputs[i].get(), buffer, sizeof buffer);
        if (got < 0 && errno == EAGAIN) break;
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
          child_.outputs[i].reset();
          break;
        }
        const std::size_t room = kMaxOutput - std::min(kMaxOutput, texts[i]->size());
        texts[i]->append(buffer, std::min(room, static_cast<std::size_t>(got)));
      }
    }
  }

  Child& child_;
  std::string_view script_;
  const Cancel* cancel_;
  Deadline deadline_;
};

// A write to a pipe nobody reads raises SIGPIPE in the thread that writes; here it is an error
// code like any other.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, &before_);
  }
  ~NoSigpipe() {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    const timespec now{};
    if (!::sigismember(&before_, SIGPIPE)) ::sigtimedwait(&pipe, nullptr, &now);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t before_;
};

Result<CommandResult> run_child(const std::vector<const char*>& argv, std::string_view script,
                                const Cancel* cancel, milliseconds timeout);

// Through sudo the processes are root's: only root's kill reaches them.
void signal_group(pid_t group, int number, bool through_sudo) {
  if (!through_sudo) {
    ::kill(-group, number);
    return;
  }
  const std::string name = number == SIGKILL ? "KILL" : "TERM";
  const std::string target = "-" + std::to_string(group);
  (void)run_child({"sudo", "-n", "kill", "-s", name.c_str(), "--", target.c_str(), nullptr}, "",
                  nullptr, kSudoCheck);
}

Result<CommandResult> run_child(const std::vector<const char*>& argv, std::string_view script,
                                const Cancel* cancel, milliseconds timeout) {
  const NoSigpipe no_sigpipe;
  CommandResult result;
  Child child;
  if (Status started = child.start(argv); !started) return started.error();
  const Status status = Running(child, script, cancel, timeout).until_exit(result);
  if (status.ok()) return result;
  const bool through_sudo = std::string_view(argv[0]) == "sudo";
  signal_group(child.pid(), SIGTERM, through_sudo);
  child.input.reset();
  if (!Running(child, "", nullptr, kGrace).until_exit(result)) {
    signal_group(child.pid(), SIGKILL, through_sudo);
    (void)Running(child, "", nullptr, kGrace).until_exit(result);
  }
  return status.error();
}

Status copy_bytes(int from, int to, const Upload& upload, const Cancel& cancel) {
  std::vector<char> buffer(kCopyChunk);
  std::uint64_t done = 0;
  for (;;) {
    if (cancel.requested()) return Error{ErrorCode::kCancelled, "cancelled", false};
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading " + upload.local_path, errno);
    if (got == 0) return {};
    for (ssize_t at = 0; at < got;) {
      const ssize_t put = ::write(to, buffer.data() + at, static_cast<std::size_t>(got - at));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return errno_error("writing " + upload.remote_path, errno);
      at += put;
    }
    done += static_cast<std::uint64_t>(got);
    if (upload.on_progress) upload.on_progress(done);
  }
}

}  // namespace

Result<CommandResult> LocalTransport::run(const Command& command) {
  const Cancel* cancel = command.ignore_cancel ? nullptr : cancel_;
  const bool through_sudo = command.as_root && ::geteuid() != 0;
  if (through_sudo) {
    if (Status works = check_sudo(); !works) return works.error();
  }
  std::vector<const char*> argv = {"/bin/sh", "-s", nullptr};
  if (through_sudo) argv.insert(argv.begin(), {"sudo", "-n"});
  Result<CommandResult> result =
      run_child(argv, as_one_command(command.script), cancel, command.timeout);
  if (!result && result.error().code == ErrorCode::kTimeout) {
    return Error{ErrorCode::kTimeout,
                 "the command did not end within " +
                     std::to_string(command.timeout.count() / 1000) + " s and was stopped",
                 true};
  }
  return result;
}

Status LocalTransport::check_sudo() {
  if (sudo_works_) return {};
  const Result<CommandResult> asked =
      run_child({"sudo", "-n", "true", nullptr}, "", cancel_, kSudoCheck);
  if (!asked) return asked.error();
  sudo_works_ = asked->exit_status == 0;
  if (sudo_works_) return {};
  const std::string said = asked->exit_status == 127 && asked->err.empty()
                               ? "sudo is not installed"
                               : printable(trim(asked->err));
  return Error{ErrorCode::kAuth,
               "sudo does not let " + login_user() + " become root without a password (" + said +
                   "): run as root, or give " + login_user() + " a NOPASSWD rule in /etc/sudoers.d",
               false};
}

Status LocalTransport::upload(const Upload& upload) {
  const UniqueFd from(::open(upload.local_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from) return errno_error("opening " + upload.local_path, errno);
  std::string temporary = upload.remote_path + ".XXXXXX";
  const UniqueFd to(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!to) return errno_error("creating " + upload.remote_path, errno);
  Status status = copy_bytes(from.get(), to.get(), upload, *cancel_);
  if (status.ok() && ::fchmod(to.get(), upload.mode) != 0) {
    status = errno_error("setting the mode of " + upload.remote_path, errno);
  }
  if (status.ok() && ::rename(temporary.c_str(), upload.remote_path.c_str()) != 0) {
    status = errno_error("replacing " + upload.remote_path, errno);
  }
  if (!status) ::unlink(temporary.c_str());
  return status;
}

std::string LocalTransport::login_user() const {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(::geteuid()) : found->pw_name;
}

}  // namespace arcus::exec
