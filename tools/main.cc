// arcus: one command for a whole cache cloud.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "core/base/cancel.h"
#include "tools/command_line.h"
#include "tools/exit_status.h"
#include "tools/session.h"

namespace {

// Signals closer together than this are one wish: a Ctrl-C that reaches us twice, by the terminal
// and by whoever started us, must not cost the clean-up.
constexpr std::chrono::milliseconds kSameWish{500};

// The signals that mean "stop". A hangup is one unless whoever started us wants us to outlive the
// terminal (nohup).
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&signals, SIGHUP);
  return signals;
}

// Turns them into a Cancel. A second one, later, ends the process at once.
void watch_signals(const sigset_t& signals, arcus::Cancel& cancel) {
  std::thread([signals, &cancel] {
    int signal = 0;
    std::chrono::steady_clock::time_point first;
    while (sigwait(&signals, &signal) == 0) {
      const auto now = std::chrono::steady_clock::now();
      if (!cancel.requested()) {
        first = now;
        cancel.request();
      } else if (now - first > kSameWish) {
        _exit(arcus::tools::kInterrupted);
      }
    }
  }).detach();
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = arcus::tools::parse_command_line(argc, argv);
  std::fputs(line.out.c_str(), stdout);
  std::fputs(line.err.c_str(), stderr);
  if (line.command == nullptr) return line.exit_status;

  // Blocked before any thread starts, so that only the watcher gets them.
  static const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // Never destroyed: a signal may come while the process is on its way out, and the watcher has no end.
  static arcus::Cancel& cancel = *new arcus::Cancel;
  watch_signals(signals, cancel);

  return arcus::tools::run_command(*line.command, line.flags, cancel);
}
