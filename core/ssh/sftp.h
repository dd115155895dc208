// SftpChannel: the sftp subsystem of one session, as a stream of packets out and replies in. Many
// requests may be under way; the server answers in any order. Belongs to the session's thread.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/ssh/libssh.h"
#include "core/ssh/sftp_wire.h"

namespace arcus::ssh::sftp {

class SftpChannel {
 public:
  // Up to the server's VERSION.
  static Result<SftpChannel> open(ssh_session session, const Wait& wait);

  // What is appended here (with Packet) goes out with the next exchange().
  std::string& out() { return out_; }
  std::uint32_t next_id() { return ++id_; }
  // Writes and reads what can be done at once, and waits only if that is nothing.
  Status exchange(const Wait& wait);
  std::optional<Reply> take() { return take_reply(in_); }
  // Exchanges until a reply is there.
  Result<Reply> next(const Wait& wait);

 private:
  SftpChannel(ssh_session session, ChannelHandle channel)
      : session_(session), channel_(std::move(channel)) {}

  ssh_session session_;
  ChannelHandle channel_;
  std::string out_, in_;
  std::size_t sent_ = 0;  // of out_
  std::uint32_t id_ = 0;
};

}  // namespace arcus::ssh::sftp
