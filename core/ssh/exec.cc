// Session::exec: one command on a channel of its own.
#include <csignal>
#include <map>

#include "core/base/clock.h"
#include "core/ssh/libssh.h"
#include "core/ssh/session.h"

namespace arcus::ssh {
namespace {

// After the command has ended, something it left running may keep its output open: we don't wait
// for that longer than this.
constexpr std::chrono::milliseconds kAfterExit{500};
constexpr std::chrono::milliseconds kStartedMark{1000};
constexpr std::uint32_t kWriteChunk = 64 << 10;

int signal_number(const std::string& name) {
  static const std::map<std::string, int> kNumbers = {
      {"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE},   {"HUP", SIGHUP},   {"ILL", SIGILL},
      {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE}, {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV},
      {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};
  const auto found = kNumbers.find(name);
  return found == kNumbers.end() ? 0 : found->second;
}

class Running {
 public:
  Running(ssh_session session, const Exec& exec, ExecResult& result, const Wait& wait)
      : session_(session), exec_(exec), result_(result), wait_(wait) {
    callbacks_.userdata = this;
    callbacks_.channel_exit_status_function = [](ssh_session, ssh_channel, int status, void* self) {
      static_cast<Running*>(self)->ended(status);
    };
    callbacks_.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* name, int,
                                                 const char*, const char*, void* self) {
      static_cast<Running*>(self)->ended(128 + signal_number(name));
    };
    ssh_callbacks_init(&callbacks_);
  }
  ~Running() {
    // The channel may live on inside libssh until the server closes it; our callbacks don't.
    if (channel_) ssh_remove_channel_callbacks(channel_.get(), &callbacks_);
  }

  Status run() {
    if (Status started = start(); !started) return started;
    for (;;) {
      bool moved = write_input();
      moved = read_output(0, result_.out) || moved;
      moved = read_output(1, result_.err) || moved;
      if (!exited_) ssh_channel_get_exit_status(channel_.get());  // lets packets in after the EOF
      if (exited_ && ssh_channel_is_eof(channel_.get()) && !moved) return {};
      if (!exited_ && !ssh_channel_is_open(channel_.get()) && !moved) return lost();
      if (moved) continue;
      if (Status ready = wait_for_session(session_, exited_ ? last_words_ : wait_); !ready) {
        const bool enough = exited_ && ready.error().code == ErrorCode::kTimeout;
        if (enough) return {};
        await_started_mark();
        return ready;
      }
    }
  }

 private:
  Status start() {
    channel_.reset(ssh_channel_new(session_));
    if (!channel_) return lost();
    ssh_set_channel_callbacks(channel_.get(), &callbacks_);
    const Result<int> opened = finish(session_, wait_, SSH_AGAIN,
                                      [&] { return ssh_channel_open_session(channel_.get()); });
    if (!opened) return opened.error();
    if (*opened != SSH_OK) return lost();
    const Result<int> asked = finish(session_, wait_, SSH_AGAIN, [&] {
      return ssh_channel_request_exec(channel_.get(), exec_.command.c_str());
    });
    if (!asked) return asked.error();
    return *asked == SSH_OK ? Status() : lost();
  }

  // False when there is nothing to write, or no room. A command may end without having read its
  // input; that is not an error.
  bool write_input() {
    if (input_done_ || exited_) return false;
    if (written_ < exec_.input.size()) {
      const std::size_t rest = exec_.input.size() - written_;
      const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(rest, kWriteChunk));
      const int sent = ssh_channel_write(channel_.get(), exec_.input.data() + written_, size);
      if (sent > 0) written_ += static_cast<std::size_t>(sent);
      if (sent < 0) input_done_ = true;
      if (sent <= 0 || written_ < exec_.input.size()) return sent > 0;
    }
    ssh_channel_send_eof(channel_.get());
    input_done_ = true;
    return true;
  }

  // The line may still be on its way when we are told to stop. No more input: the command is not
  // to get further than it has.
  void await_started_mark() {
    const Wait moment{Deadline::in(kStartedMark), nullptr};
    while (!exec_.started_mark.empty() && !exited_) {
      while (read_output(0, result_.out)) {
      }
      const std::size_t at = result_.out.find(exec_.started_mark);
      if (at != std::string::npos && result_.out.find('\n', at) != std::string::npos) return;
      if (!wait_for_session(session_, moment)) return;
      ssh_channel_get_exit_status(channel_.get());
    }
  }

  bool read_output(int is_stderr, std::string& to) {
    const int got =
        ssh_channel_read_nonblocking(channel_.get(), buffer_, sizeof buffer_, is_stderr);
    if (got <= 0) return false;
    const std::size_t room = exec_.max_output - std::min(exec_.max_output, to.size());
    to.append(buffer_, std::min(room, static_cast<std::size_t>(got)));
    return true;
  }

  void ended(int status) {
    exited_ = true;
    result_.exit_status = status;
    last_words_ = {Deadline::in(kAfterExit), nullptr};
  }

  Error lost() const {
    return {ErrorCode::kUnreachable, "the connection was lost: " + last_error(session_), true};
  }

  ssh_session session_;
  const Exec& exec_;
  ExecResult& result_;
  const Wait& wait_;
  Wait last_words_ = wait_;
  ssh_channel_callbacks_struct callbacks_{};
  ChannelHandle channel_;
  std::size_t written_ = 0;
  bool input_done_ = false;
  bool exited_ = false;
  char buffer_[32 << 10];
};

}  // namespace

Status Session::exec(const Exec& exec, ExecResult& result, const Cancel* cancel) {
  const Wait wait{Deadline::in(exec.timeout), cancel};
  return Running(handle_.get(), exec, result, wait).run();
}

}  // namespace arcus::ssh
