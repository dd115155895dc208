#include "core/ssh/dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/text.h"

namespace arcus::ssh {
namespace {

using AddressList = Handle<addrinfo, ::freeaddrinfo>;

struct Lookup {
  std::mutex mutex;
  AddressList addresses;
  int failure = 0;
  UniqueFd done{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

int resolve_now(const std::string& host, std::uint16_t port, int flags, AddressList& out) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure == 0) out.reset(found);
  return failure;
}

// getaddrinfo can take far longer than we want to: it gets a thread that nobody needs to wait for.
Result<AddressList> resolve(const std::string& host, std::uint16_t port, const Wait& wait) {
  AddressList numeric;
  if (resolve_now(host, port, AI_NUMERICHOST, numeric) == 0) return numeric;
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host, port] {
    AddressList found;
    const int failure = resolve_now(host, port, 0, found);
    const std::lock_guard lock(lookup->mutex);
    lookup->addresses = std::move(found);
    lookup->failure = failure;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(lookup->done.get(), &one, sizeof one);
  }).detach();
  if (Status done = wait_for_fd(lookup->done.get(), POLLIN, wait); !done) {
    return done.error().in("resolving " + host);
  }
  const std::lock_guard lock(lookup->mutex);
  if (lookup->failure != 0) {
    return Error{ErrorCode::kUnreachable,
                 "cannot resolve " + host + ": " + ::gai_strerror(lookup->failure), false};
  }
  return std::move(lookup->addresses);
}

Result<UniqueFd> connect_to(const addrinfo& address, const Wait& wait) {
  UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno_error("socket", errno);
  int failure = 0;
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) failure = errno;
  if (failure == EINPROGRESS) {
    if (Status ready = wait_for_fd(fd.get(), POLLOUT, wait); !ready) return ready.error();
    socklen_t size = sizeof failure;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
  }
  if (failure != 0) return Error{ErrorCode::kUnreachable, std::strerror(failure), false};
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace

Result<UniqueFd> dial(const std::string& host, std::uint16_t port, const Wait& wait) {
  Result<AddressList> addresses = resolve(host, port, wait);
  if (!addresses) return addresses.error();
  std::vector<const addrinfo*> list;
  for (const addrinfo* a = addresses->get(); a != nullptr; a = a->ai_next) list.push_back(a);
  const std::string where = format_host_port({host, port});
  Error last{ErrorCode::kUnreachable, where + ": the name has no address", false};
  for (std::size_t i = 0; i < list.size(); ++i) {
    // An address that swallows packets must leave time for the ones after it.
    const auto share = wait.deadline.left() / static_cast<int>(list.size() - i);
    Result<UniqueFd> fd = connect_to(*list[i], Wait{Deadline::in(share), wait.cancel});
    if (fd) return fd;
    last = fd.error().in("connecting to " + where);
    if (last.code == ErrorCode::kCancelled) break;
    if (last.code == ErrorCode::kTimeout) {
      last.message += " (no answer: is the host up, and does a firewall drop the port?)";
    }
  }
  return last;
}

}  // namespace arcus::ssh
