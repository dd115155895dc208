#include "daemon/net/send.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace arcus::daemon {
namespace {

constexpr int kMaxSegments = 64;

ssize_t send_pieces(int fd, iovec* pieces, int count) {
  if (count == 1) return send(fd, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = static_cast<std::size_t>(count);
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace

Sent send_reply(int fd, Reply& reply, Counter& written) {
  while (!reply.empty()) {
    std::array<iovec, kMaxSegments> pieces;
    const int count = reply.gather(pieces.data(), kMaxSegments);
    std::size_t offered = 0;
    for (int i = 0; i < count; ++i) offered += pieces[static_cast<std::size_t>(i)].iov_len;
    const ssize_t taken = send_pieces(fd, pieces.data(), count);
    if (taken < 0) {
      const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
      return later ? Sent::kSome : Sent::kFailed;
    }
    const auto size = static_cast<std::size_t>(taken);
    written.add(size);
    reply.sent(size);
    if (size < offered) return Sent::kSome;
  }
  return Sent::kAll;
}

}  // namespace arcus::daemon
