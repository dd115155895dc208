// Transport: how commands and files reach one host, be it over SSH or this machine itself.
// A transport belongs to one thread (one libssh session belongs to one thread); all waits end
// early when its Cancel is requested (kCancelled), with the remote command told to stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "core/base/cancel.h"
#include "core/base/result.h"

namespace arcus::exec {

struct Command {
  std::string script;    // fed to `/bin/sh -s` on standard input; values in it are quoted already
  bool as_root = false;  // through `sudo -n` when the login user is not root
  std::chrono::milliseconds timeout{60000};
  bool ignore_cancel = false;  // clean-up that must run after a Ctrl-C
};

// What a transport feeds the shell for a script: one compound command. The shell runs none of it
// before it has read it all, so a script that is cut off on its way can't run half a line, and
// what the script runs doesn't find the rest of it on standard input.
inline std::string as_one_command(const std::string& script) {
  return "{ :; " + script + "\n}\n";
}

struct CommandResult {
  int exit_status = 0;  // 128 + n when signal n ended it
  std::string out;      // at most kMaxOutput bytes, the rest is dropped
  std::string err;
};
inline constexpr std::size_t kMaxOutput = 4 << 20;

struct Upload {
  std::string local_path;
  std::string remote_path;  // created anew with this mode; an existing file is replaced
  unsigned mode = 0600;
  std::chrono::milliseconds stall_timeout{30000};  // without progress
  std::function<void(std::uint64_t bytes_done)> on_progress;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // kUnreachable, kAuth, kHostKey and kTimeout say why the host could not be reached. Called by the
  // first run() or upload() when it was not called before.
  virtual Status connect() = 0;
  // The error is about running it at all; a command that failed is a result.
  virtual Result<CommandResult> run(const Command& command) = 0;
  virtual Status upload(const Upload& upload) = 0;
  // Who the commands run as without as_root. Only after connect().
  virtual std::string login_user() const = 0;
};

}  // namespace arcus::exec
