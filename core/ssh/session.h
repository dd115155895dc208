// Session: one host, connected and let in. It owns the connection (and, behind a jump host, the
// jump's session and its pump thread). A Session belongs to the thread that uses it; different
// Sessions in different threads at the same time are fine.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/ssh/target.h"

struct ssh_session_struct;

namespace arcus::ssh {

class Jump;

struct Exec {
  std::string command;     // for the login shell, so its words are quoted already
  std::string_view input;  // written to the command's standard input, then end of file
  std::chrono::milliseconds timeout{60000};
  std::size_t max_output = 4 << 20;  // a stream; what goes beyond is dropped
  // A command that says this first is one whose caller must know so to stop it: a cancel or the
  // timeout waits a moment for a line with it.
  std::string_view started_mark = {};
};

struct ExecResult {
  int exit_status = 0;  // 128 + n when signal n ended it
  std::string out;
  std::string err;
};

struct SftpUpload {
  std::string local_path;
  std::string remote_path;  // an existing file is replaced; relative to the login directory
  unsigned mode = 0600;
  std::chrono::milliseconds stall_timeout{30000};
  std::function<void(std::uint64_t bytes_done)> on_progress;
};

class Session {
 public:
  // Everything up to being let in happens within target.connect_timeout. Errors that another
  // attempt may not meet (the server hung up while we shook hands) are marked retryable.
  static Result<std::unique_ptr<Session>> connect(const Target& target, const Cancel* cancel);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // `result` has what came until then even when the command didn't end (kTimeout, kCancelled,
  // kUnreachable); the channel is closed, the remote process is the caller's to stop.
  Status exec(const Exec& exec, ExecResult& result, const Cancel* cancel);

  // Any failure, also a cancel, takes the half-written remote file away, as far as possible.
  Status upload(const SftpUpload& upload, const Cancel* cancel);

  const std::string& user() const { return user_; }
  // An upload was given up and what is still on its way fills the line: anything else would come
  // behind it. A new session gets through; the end of this one drops what waits.
  bool clogged() const { return clogged_; }

 private:
  friend class Jump;
  struct Connector;
  struct Free {
    void operator()(ssh_session_struct* session) const;
  };
  Session();

  std::unique_ptr<Jump> jump_;  // outlives handle_, whose packets go through it
  std::unique_ptr<ssh_session_struct, Free> handle_;
  std::string user_;
  bool clogged_ = false;
};

}  // namespace arcus::ssh
