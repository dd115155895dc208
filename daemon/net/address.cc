#include "daemon/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace arcus::daemon {
namespace {

std::string text_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (address.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &in.sin_addr, host.data(), host.size());
    return "tcp:" + std::string(host.data()) + ":" + std::to_string(ntohs(in.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &in.sin6_addr, host.data(), host.size());
    return "tcp6:[" + std::string(host.data()) + "]:" + std::to_string(ntohs(in.sin6_port));
  }
  if (address.ss_family != AF_UNIX) return "unknown";
  // A client's end has no name.
  const auto& unix_address = reinterpret_cast<const sockaddr_un&>(address);
  const std::size_t length = size - std::min<std::size_t>(size, offsetof(sockaddr_un, sun_path));
  std::string path(unix_address.sun_path, length);
  return "unix:" + path.substr(0, path.find('\0'));
}

using Ask = int (*)(int, sockaddr*, socklen_t*);

std::string ask(Ask question, int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (question(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  return text_of(address, size);
}

}  // namespace

std::string local_address(int fd) {
  return ask([](int of, sockaddr* to, socklen_t* size) { return getsockname(of, to, size); }, fd);
}

std::string peer_address(int fd) {
  return ask([](int of, sockaddr* to, socklen_t* size) { return getpeername(of, to, size); }, fd);
}

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr == htonl(INADDR_LOOPBACK);
  }
  if (address.ss_family != AF_INET6) return false;
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr) != 0;
}

std::string peer_ip(int fd) {
  const std::string address = peer_address(fd);
  const std::size_t begin = address.find(':') + 1;
  if (!address.starts_with("tcp")) return address.substr(0, begin - 1);
  std::string ip = address.substr(begin, address.rfind(':') - begin);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  return ip;
}

}  // namespace arcus::daemon
