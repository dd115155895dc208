#include "core/base/tcp.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/handle.h"

namespace arcus::tcp {
namespace {

using Addresses = Handle<addrinfo, ::freeaddrinfo>;

Error unreachable(const std::string& why) {
  return {ErrorCode::kUnreachable, why, true};
}

Status wait_for(int fd, short events, Deadline deadline, const Cancel* cancel) {
  while (!deadline.passed()) {
    pollfd entries[] = {{fd, events, 0}, {cancel != nullptr ? cancel->fd() : -1, POLLIN, 0}};
    const int ready = ::poll(entries, 2, static_cast<int>(deadline.left().count()));
    if (ready > 0 && entries[1].revents != 0) {
      return Error{ErrorCode::kCancelled, "stopped by the operator", false};
    }
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return unreachable(std::strerror(errno));
  }
  return Error{ErrorCode::kTimeout, "no answer in time", true};
}

Result<UniqueFd> connect_to(const addrinfo& address, Deadline deadline, const Cancel* cancel) {
  UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return unreachable(std::strerror(errno));
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return unreachable(std::strerror(errno));
  if (const Status ready = wait_for(fd.get(), POLLOUT, deadline, cancel); !ready)
    return ready.error();
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure != 0) return unreachable(std::strerror(failure));
  return fd;
}

}  // namespace

Result<UniqueFd> connect(const std::string& host, std::uint16_t port, Deadline deadline,
                         const Cancel* cancel) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return unreachable(gai_strerror(failure));
  const Addresses addresses(found);
  Result<UniqueFd> last = unreachable("no address");
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    last = connect_to(*each, deadline, cancel);
    if (last.ok() || deadline.passed() || last.error().code == ErrorCode::kCancelled) break;
  }
  return last;
}

Status send_all(int fd, std::string_view bytes, Deadline deadline, const Cancel* cancel) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(fd, POLLOUT, deadline, cancel); !ready) return ready;
    } else if (errno != EINTR) {
      return unreachable(std::strerror(errno));
    }
  }
  return {};
}

Result<std::string> receive(int fd, Deadline deadline, const Cancel* cancel) {
  std::array<char, 16384> buffer;
  while (true) {
    if (auto ready = wait_for(fd, POLLIN, deadline, cancel); !ready) return ready.error();
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got >= 0) return std::string(buffer.data(), static_cast<std::size_t>(got));
    if (errno != EAGAIN && errno != EINTR) return unreachable(std::strerror(errno));
  }
}

}  // namespace arcus::tcp
