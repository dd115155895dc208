#include "core/ssh/libssh.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <mutex>

#include "core/base/text.h"

namespace arcus::ssh {

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    ssh_init();
    // libssh writes to its socket without MSG_NOSIGNAL: a host that hangs up must be an error of
    // that host, not the end of the process.
    struct sigaction current {};
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
      ::signal(SIGPIPE, SIG_IGN);
    }
  });
}

std::string last_error(ssh_session session) {
  const char* text = ssh_get_error(session);
  return text == nullptr || *text == '\0' ? "no reason given" : printable(text);
}

Status wait_for_fd(int fd, short events, const Wait& wait) {
  for (;;) {
    if (wait.cancel != nullptr && wait.cancel->requested()) {
      return Error{ErrorCode::kCancelled, "cancelled", false};
    }
    if (wait.deadline.passed()) return Error{ErrorCode::kTimeout, "timed out", true};
    pollfd fds[2] = {{fd, events, 0}, {wait.cancel ? wait.cancel->fd() : -1, POLLIN, 0}};
    const auto left = std::min<std::int64_t>(wait.deadline.left().count(), 3'600'000);
    const int ready = ::poll(fds, 2, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return errno_error("poll", errno);
    if (ready > 0 && fds[0].revents != 0) return {};
  }
}

Status wait_for_session(ssh_session session, const Wait& wait) {
  const int fd = ssh_get_fd(session);
  if (fd < 0) return Error{ErrorCode::kUnreachable, "the connection was closed", true};
  // The server may hold its next small packet back until we acknowledge the last one (Nagle), and
  // we might take 40 ms to do so unless told otherwise each time. Fails on a jump's socket pair.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  const int flags = ssh_get_poll_flags(session);
  short events = POLLIN;
  if (flags & SSH_WRITE_PENDING) events |= POLLOUT;
  return wait_for_fd(fd, events, wait);
}

}  // namespace arcus::ssh
