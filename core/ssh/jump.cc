#include "core/ssh/jump.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <semaphore>
#include <vector>

#include "core/base/text.h"

namespace arcus::ssh {
namespace {

constexpr std::size_t kChunk = 128 << 10;

// Fewer than MaxStartups lets in: others log in there too.
constexpr std::ptrdiff_t kLoginsAtOnce = 6;
std::counting_semaphore<kLoginsAtOnce> login_turns(kLoginsAtOnce);
constexpr std::chrono::milliseconds kLook{20};  // how often a waiting one asks whether to stop

}  // namespace

Result<JumpTurn> JumpTurn::take(const Wait& wait) {
  while (!login_turns.try_acquire_for(kLook)) {
    if (wait.cancel != nullptr && wait.cancel->requested()) {
      return Error{ErrorCode::kCancelled, "cancelled", false};
    }
    if (wait.deadline.passed()) {
      return Error{ErrorCode::kTimeout, "no turn to log in to the jump host came in time", true};
    }
  }
  return JumpTurn();
}

JumpTurn::~JumpTurn() {
  if (taken_) login_turns.release();
}

Result<std::unique_ptr<Jump>> Jump::open(std::unique_ptr<Session> session, const std::string& host,
                                         std::uint16_t port, const Wait& wait) {
  std::unique_ptr<Jump> jump(new Jump);
  ssh_session raw = session->handle_.get();
  jump->session_ = std::move(session);
  jump->channel_.reset(ssh_channel_new(raw));
  const std::string where = format_host_port({host, port});
  const Result<int> opened = finish(raw, wait, SSH_AGAIN, [&] {
    return ssh_channel_open_forward(jump->channel_.get(), host.c_str(), port, "127.0.0.1", 0);
  });
  if (!opened) return opened.error().in("reaching " + where + " through the jump host");
  if (*opened != SSH_OK) {
    return Error{ErrorCode::kUnreachable,
                 "the jump host could not reach " + where + ": " + last_error(raw), false};
  }
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
    return errno_error("socketpair", errno);
  }
  jump->outer_.reset(pair[0]);
  jump->inner_.reset(pair[1]);
  jump->thread_ = std::thread([self = jump.get()] { self->pump(); });
  return jump;
}

Jump::~Jump() {
  outer_.reset();
  stop_.request();
  if (thread_.joinable()) thread_.join();
}

void Jump::pump() {
  ssh_session session = session_->handle_.get();
  while (!stop_.requested() && move_bytes(session)) {
    const int flags = ssh_get_poll_flags(session);
    short network = POLLIN, local = 0;
    if (flags & SSH_WRITE_PENDING) network |= POLLOUT;
    if (to_target_.size() > 0) local |= POLLOUT;
    if (from_target_.empty()) local |= POLLIN;
    pollfd fds[3] = {{ssh_get_fd(session), network, 0},
                     {local != 0 ? inner_.get() : -1, local, 0},
                     {stop_.fd(), POLLIN, 0}};
    if (::poll(fds, 3, -1) < 0 && errno != EINTR) break;
  }
  // The target's session must see the end of its connection, not silence.
  inner_.reset();
  channel_.reset();
}

// Each direction holds at most one chunk, so a slow side holds up the other, not our memory.
bool Jump::move_bytes(ssh_session session) {
  std::vector<char> buffer(kChunk);
  for (bool moved = true; moved;) {
    moved = false;
    if (to_target_.empty()) {
      const int got = ssh_channel_read_nonblocking(channel_.get(), buffer.data(), kChunk, 0);
      if (got > 0) to_target_.assign(buffer.data(), static_cast<std::size_t>(got));
      if (got < 0) return false;  // the end, or an error: both are the end for the target
    }
    if (!to_target_.empty()) {
      const ssize_t sent = ::send(inner_.get(), to_target_.data(), to_target_.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
      if (sent > 0) to_target_.erase(0, static_cast<std::size_t>(sent));
      moved = moved || sent > 0;
    }
    if (from_target_.empty()) {
      const ssize_t got = ::recv(inner_.get(), buffer.data(), kChunk, 0);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
      if (got > 0) from_target_.assign(buffer.data(), static_cast<std::size_t>(got));
    }
    if (!from_target_.empty()) {
      const int sent = ssh_channel_write(channel_.get(), from_target_.data(),
                                         static_cast<std::uint32_t>(from_target_.size()));
      if (sent < 0) return false;
      from_target_.erase(0, static_cast<std::size_t>(sent));
      moved = moved || sent > 0;
    }
  }
  return ssh_is_connected(session) != 0;
}

}  // namespace arcus::ssh
