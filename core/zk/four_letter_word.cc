// four_letter_word(): ZooKeeper's plain-text status commands.
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "core/base/handle.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/zk/client.h"

namespace arcus::zk {
namespace {

using Addresses = Handle<addrinfo, ::freeaddrinfo>;

Error unreachable(const std::string& why) {
  return {ErrorCode::kUnreachable, why, true};
}
Error timed_out() {
  return {ErrorCode::kTimeout, "no answer in time", true};
}

Status wait_for(int fd, short events, Deadline deadline) {
  while (!deadline.passed()) {
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return unreachable(std::strerror(errno));
  }
  return timed_out();
}

Result<UniqueFd> connect_to(const addrinfo& address, Deadline deadline) {
  UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return unreachable(std::strerror(errno));
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return unreachable(std::strerror(errno));
  if (Status ready = wait_for(fd.get(), POLLOUT, deadline); !ready) return ready.error();
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure != 0) return unreachable(std::strerror(failure));
  return fd;
}

Result<UniqueFd> connect_to(const std::string& host, std::uint16_t port, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return unreachable(gai_strerror(failure));
  const Addresses addresses(found);
  Result<UniqueFd> last = unreachable("no address");
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    last = connect_to(*each, deadline);
    if (last || deadline.passed()) break;
  }
  return last;
}

Result<std::string> exchange(int fd, std::string_view word, Deadline deadline) {
  // Four bytes fit into an empty socket's buffer.
  if (::send(fd, word.data(), word.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(word.size())) {
    return unreachable(std::strerror(errno));
  }
  std::string answer;
  char buffer[16384];
  while (true) {
    if (Status ready = wait_for(fd, POLLIN, deadline); !ready) return ready.error();
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got == 0) return answer;
    if (got > 0) answer.append(buffer, static_cast<std::size_t>(got));
    if (got < 0 && errno != EAGAIN && errno != EINTR) return unreachable(std::strerror(errno));
  }
}

}  // namespace

Result<std::string> four_letter_word(const std::string& host, std::uint16_t port,
                                     std::string_view word, Deadline deadline) {
  const std::string context =
      "asking " + format_host_port({host, port}) + " for " + std::string(word);
  Result<UniqueFd> fd = connect_to(host, port, deadline);
  if (!fd) return fd.error().in(context);
  Result<std::string> answer = exchange(fd->get(), word, deadline);
  if (!answer) return answer.error().in(context);
  if (answer->find("is not executed because it is not in the whitelist") != std::string::npos) {
    return Error{ErrorCode::kRefused,
                 context +
                     ": the server doesn't allow it; add it to 4lw.commands.whitelist in its "
                     "zoo.cfg",
                 false};
  }
  return answer;
}

}  // namespace arcus::zk
