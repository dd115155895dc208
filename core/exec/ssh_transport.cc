#include "core/exec/ssh_transport.h"

#include <poll.h>

#include <random>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/ssh/quote.h"

namespace arcus::exec {
namespace {

constexpr int kConnectAttempts = 8;  // as many as the time for connecting allows, mostly
constexpr std::chrono::milliseconds kStopTimeout{5000};
// What our shell says before the script starts, with its process id: whatever a login shell's
// start-up files print comes before it, and without it the script never started.
constexpr std::string_view kStarted = "arcus-shell-started:";

// The login shell may be anything; it only has to know exec and single quotes.
std::string shell_command(bool through_sudo) {
  const std::string start =
      "/bin/sh -c " + ssh::quote("echo " + std::string(kStarted) + "$$; exec /bin/sh -s");
  return "exec " + std::string(through_sudo ? "sudo -n " : "") + start;
}

// Takes everything up to and with the marker line off `out`; gives the process id, or nothing when
// the shell never started.
std::string take_marker(std::string& out) {
  const std::size_t at = out.find(kStarted);
  const std::size_t end = at == std::string::npos ? at : out.find('\n', at);
  if (end == std::string::npos) return "";
  std::string process = out.substr(at + kStarted.size(), end - at - kStarted.size());
  out.erase(0, end + 1);
  return parse_number(process) ? process : "";
}

Error not_started(const ssh::ExecResult& result, const std::string& user, bool through_sudo) {
  const std::string said(trim(printable(result.err.empty() ? result.out : result.err)));
  if (!through_sudo) {
    return {ErrorCode::kRefused,
            "the login shell of " + user + " does not run commands (exit status " +
                std::to_string(result.exit_status) + "): " + said,
            false};
  }
  return {ErrorCode::kAuth,
          "sudo does not let " + user + " become root without a password (" + said +
              "): log in as root, or give " + user + " a NOPASSWD rule in /etc/sudoers.d",
          false};
}

std::chrono::milliseconds back_off(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::chrono::milliseconds(100 * attempt + static_cast<int>(random() % 300));
}

bool sleep_unless(std::chrono::milliseconds span, const Cancel* cancel) {
  pollfd fd{cancel ? cancel->fd() : -1, POLLIN, 0};
  return ::poll(&fd, 1, static_cast<int>(span.count())) == 0;
}

}  // namespace

// sshd drops connections at random while many are being made (MaxStartups): those are tried again.
Status SshTransport::connect(const Cancel* cancel) {
  if (session_) return {};
  const Deadline deadline = Deadline::in(target_.connect_timeout);
  for (int attempt = 1;; ++attempt) {
    ssh::Target target = target_;
    target.connect_timeout = deadline.left();
    Result<std::unique_ptr<ssh::Session>> session = ssh::Session::connect(target, cancel);
    if (session) {
      session_ = std::move(*session);
      return {};
    }
    const Error& error = session.error();
    const auto pause = back_off(attempt);
    const bool again = error.retryable && error.code == ErrorCode::kUnreachable &&
                       attempt < kConnectAttempts && pause < deadline.left();
    if (!again || !sleep_unless(pause, cancel)) return error;
  }
}

Result<CommandResult> SshTransport::run(const Command& command) {
  const Cancel* cancel = command.ignore_cancel ? nullptr : cancel_;
  if (Status connected = connect(cancel); !connected) return connected.error();
  const bool through_sudo = command.as_root && session_->user() != "root";
  const std::string script = as_one_command(command.script);
  const ssh::Exec exec{.command = shell_command(through_sudo),
                       .input = script,
                       .timeout = command.timeout,
                       .max_output = kMaxOutput + 4096,  // our marker and what precedes it
                       .started_mark = kStarted};
  ssh::ExecResult result;
  const Status ran = session_->exec(exec, result, cancel);
  const std::string process = take_marker(result.out);
  if (!ran) {
    const ErrorCode code = ran.error().code;
    if (code == ErrorCode::kTimeout || code == ErrorCode::kCancelled) {
      stop_remote(process, through_sudo);
    }
    forget_if_lost(ran.error());
    if (code != ErrorCode::kTimeout) return ran.error();
    return Error{code,
                 "the command did not end within " +
                     std::to_string(command.timeout.count() / 1000) + " s and was stopped",
                 true};
  }
  if (process.empty()) return not_started(result, session_->user(), through_sudo);
  if (result.out.size() > kMaxOutput) result.out.resize(kMaxOutput);
  if (result.err.size() > kMaxOutput) result.err.resize(kMaxOutput);
  return CommandResult{result.exit_status, std::move(result.out), std::move(result.err)};
}

// sshd leaves a command running when its channel closes, and passes signals on only for some
// users: a second command ends the first one's process group, its shell being the leader.
void SshTransport::stop_remote(const std::string& process, bool as_root) {
  if (process.empty()) return;
  const std::string script = "kill -s TERM -- -" + process + " 2>/dev/null || kill -s TERM " +
                             process + "\nfor i in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- " +
                             process +
                             " 2>/dev/null || exit 0; sleep 0.1; done\n"
                             "kill -s KILL -- -" +
                             process + " 2>/dev/null || kill -s KILL " + process + "\n";
  ssh::ExecResult ignored;
  const Status stopped =
      session_->exec({.command = shell_command(as_root), .input = script, .timeout = kStopTimeout},
                     ignored, nullptr);
  if (!stopped) session_.reset();
}

Status SshTransport::upload(const Upload& upload) {
  if (Status connected = connect(cancel_); !connected) return connected;
  const Status status = session_->upload({upload.local_path, upload.remote_path, upload.mode,
                                          upload.stall_timeout, upload.on_progress},
                                         cancel_);
  if (!status) forget_if_lost(status.error());
  if (session_ && session_->clogged()) session_.reset();
  return status;
}

std::string SshTransport::login_user() const {
  return session_ ? session_->user() : "";
}

void SshTransport::forget_if_lost(const Error& error) {
  if (error.code == ErrorCode::kUnreachable) session_.reset();
}

}  // namespace arcus::exec
