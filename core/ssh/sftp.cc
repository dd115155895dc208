#include "core/ssh/sftp.h"

#include <algorithm>

namespace arcus::ssh::sftp {
namespace {

constexpr std::uint32_t kProtocolVersion = 3;
// libssh cuts it into packets of the server's size; much more at a time comes back short.
constexpr std::size_t kWriteChunk = 128 << 10;

Error no_subsystem(const std::string& reason) {
  return {ErrorCode::kRefused,
          "the server offers no SFTP (sshd_config: Subsystem sftp internal-sftp): " + reason,
          false};
}

}  // namespace

Result<SftpChannel> SftpChannel::open(ssh_session session, const Wait& wait) {
  ChannelHandle channel(ssh_channel_new(session));
  if (!channel) return Error{ErrorCode::kUnreachable, last_error(session), true};
  const Result<int> opened =
      finish(session, wait, SSH_AGAIN, [&] { return ssh_channel_open_session(channel.get()); });
  if (!opened) return opened.error();
  if (*opened != SSH_OK) {
    return Error{ErrorCode::kUnreachable, "opening a channel: " + last_error(session), true};
  }
  const Result<int> asked = finish(session, wait, SSH_AGAIN, [&] {
    return ssh_channel_request_subsystem(channel.get(), "sftp");
  });
  if (!asked) return asked.error();
  if (*asked != SSH_OK) return no_subsystem(last_error(session));

  SftpChannel sftp(session, std::move(channel));
  { Packet(sftp.out_, kInit).u32(kProtocolVersion); }
  Result<Reply> version = sftp.next(wait);
  if (!version) return version.error().in("starting SFTP");
  if (version->type != kVersion || version->id < kProtocolVersion) {
    return no_subsystem("an answer that is not its version");
  }
  return sftp;
}

Status SftpChannel::exchange(const Wait& wait) {
  bool moved = false;
  while (sent_ < out_.size()) {
    const std::size_t size = std::min(out_.size() - sent_, kWriteChunk);
    const int written =
        ssh_channel_write(channel_.get(), out_.data() + sent_, static_cast<std::uint32_t>(size));
    if (written < 0) break;  // the reads below say what happened
    sent_ += static_cast<std::size_t>(written);
    moved = moved || written > 0;
    if (written == 0) break;  // the window is full
  }
  if (sent_ == out_.size()) {
    out_.clear();
    sent_ = 0;
  }
  char buffer[16 << 10];
  int got = 0;
  while ((got = ssh_channel_read_nonblocking(channel_.get(), buffer, sizeof buffer, 0)) > 0) {
    in_.append(buffer, static_cast<std::size_t>(got));
    moved = true;
  }
  if (oversized(in_)) return Error{ErrorCode::kRemote, "an answer that is not SFTP", false};
  if (moved) return {};
  if (got < 0 || !ssh_channel_is_open(channel_.get())) {
    return Error{ErrorCode::kUnreachable,
                 ssh_is_connected(session_) ? "the server ended SFTP"
                                            : "the connection was lost: " + last_error(session_),
                 true};
  }
  return wait_for_session(session_, wait);
}

Result<Reply> SftpChannel::next(const Wait& wait) {
  for (;;) {
    if (std::optional<Reply> reply = take()) return std::move(*reply);
    if (Status status = exchange(wait); !status) return status.error();
  }
}

}  // namespace arcus::ssh::sftp
