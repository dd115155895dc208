// The engine process: made, told to go, and read when it ends. Used by the supervisor's one thread.
//
// The child is held at a gate until its process number is on disk, so that no engine ever runs that
// nobody knows of. Its readiness pipe is descriptor 3 (ARCUS_READY_FD); the reading end is its
// descriptor 4 too: so the pipe and what was written to it outlive a supervisor that dies, the
// engine meets no SIGPIPE, and the next supervisor opens it again through /proc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "daemon/supervisor/limits.h"
#include "daemon/supervisor/records.h"

namespace arcus::daemon {

class Engine {
 public:
  struct Options {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;  // the whole of it, readiness pipe excepted
    int log_fd = -1;
    ChildLimits limits{};
  };

  // How an engine ended, as far as can be known of a process that may not be our child.
  struct End {
    std::optional<int> exit_status;
    std::string text;  // "killed by signal 9 (SIGKILL)"
  };

  // Forks the engine and holds it at the gate.
  static Result<Engine> spawn(const Options& options);
  // An engine of an earlier supervisor. `ready_pipe`: the inode of its readiness pipe.
  static Result<Engine> adopt(const ProcessId& id, std::uint64_t ready_pipe);

  // Lets a spawned engine go; fails when its program can't be executed.
  Status release();

  const ProcessId& id() const { return id_; }
  const UniqueFd& pidfd() const { return pidfd_; }
  const UniqueFd& ready_fd() const { return ready_; }
  std::uint64_t ready_pipe() const { return ready_pipe_; }
  // Reads the readiness pipe without waiting: a line once it is complete.
  std::optional<ReadyLine> read_ready();
  // After its pidfd became readable.
  End reap() const;

 private:
  ProcessId id_;
  UniqueFd pidfd_;
  UniqueFd ready_;
  UniqueFd gate_;
  UniqueFd exec_error_;
  std::uint64_t ready_pipe_ = 0;
  std::string ready_text_;
};

// The text of a wait status: "exit status 76 (could not join ZooKeeper)".
Engine::End describe_end(int code, int status);

}  // namespace arcus::daemon
