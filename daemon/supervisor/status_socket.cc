#include "daemon/supervisor/status_socket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace arcus::daemon {
namespace {

constexpr int kBacklog = 16;
constexpr timeval kPatience{2, 0};

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return invalid(path + ": too long for a socket");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

Result<StatusSocket> StatusSocket::listen(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return address.error();
  StatusSocket made;
  made.socket_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());
  const auto* where = reinterpret_cast<const sockaddr*>(&*address);
  if (!made.socket_ || ::bind(made.socket_.get(), where, sizeof *address) != 0 ||
      ::listen(made.socket_.get(), kBacklog) != 0) {
    return errno_error(path, errno);
  }
  return made;
}

void StatusSocket::answer(const std::string& line) const {
  const std::string text = line + "\n";
  while (true) {
    const UniqueFd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    // A line fits in the socket's buffer: who doesn't read can't hold us up.
    [[maybe_unused]] const auto sent =
        ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

Result<std::string> ask_supervisor(int dir_fd) {
  const auto address = address_of("/proc/self/fd/" + std::to_string(dir_fd) + "/socket");
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!address || !socket) return errno_error("socket", errno);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return errno_error("its supervisor's socket", errno);
  }
  std::string line;
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t got = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("its supervisor does not answer", errno);
    if (got == 0) return line;
    line.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace arcus::daemon
