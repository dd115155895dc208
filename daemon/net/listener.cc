#include "daemon/net/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/handle.h"
#include "core/base/text.h"

namespace arcus::daemon {
namespace {

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  }
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

Result<Listener> listen_tcp(const addrinfo& info, const std::string& name, unsigned backlog) {
  Listener listener;
  listener.v6 = info.ai_family == AF_INET6;
  listener.fd.reset(socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.fd) return errno_error("opening a socket for " + name, errno);
  const int fd = listener.fd.get();
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit both
  if (listener.v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, info.ai_addr, info.ai_addrlen) != 0 || listen(fd, static_cast<int>(backlog)) != 0) {
    return errno_error("listening on " + name, errno);
  }
  listener.port = port_of(fd);
  return listener;
}

// An address of -l: "host", "host:port", "[v6]:port" or a bare v6 address.
HostPort address_and_port(const std::string& text, std::uint16_t port) {
  if (const auto both = parse_host_port(text)) return *both;
  if (text.starts_with('[') && text.ends_with(']')) return {text.substr(1, text.size() - 2), port};
  return {text, port};
}

using AddressList = Handle<addrinfo, freeaddrinfo>;

Result<AddressList> resolve(const HostPort& address) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const char* host = address.host.empty() || address.host == "*" ? nullptr : address.host.c_str();
  const std::string port = std::to_string(address.port);
  const int error = getaddrinfo(host, port.c_str(), &hints, &list);
  if (error != 0) {
    return invalid("address '" + address.host + "' of -l: " + gai_strerror(error));
  }
  return AddressList(list);
}

Status listen_on(const HostPort& address, unsigned backlog, std::vector<Listener>& listeners) {
  const bool everywhere = address.host.empty() || address.host == "*";
  auto list = resolve(address);
  if (!list) return list.error();
  const std::size_t before = listeners.size();
  std::uint16_t port = address.port;
  Status first_error;
  for (addrinfo* info = list->get(); info != nullptr; info = info->ai_next) {
    // All families get the port that the first one found.
    if (info->ai_family == AF_INET6) {
      reinterpret_cast<sockaddr_in6*>(info->ai_addr)->sin6_port = htons(port);
    } else {
      reinterpret_cast<sockaddr_in*>(info->ai_addr)->sin_port = htons(port);
    }
    const std::string host =
        everywhere ? (info->ai_family == AF_INET6 ? "::" : "0.0.0.0") : address.host;
    auto listener = listen_tcp(*info, format_host_port({host, port}), backlog);
    if (listener) {
      port = listener->port;
      listeners.push_back(std::move(*listener));
      continue;
    }
    // A machine without one of the families is no reason to fail, a port in use is.
    const bool absent = errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
    if (!everywhere || !absent) return listener.error();
    if (first_error) first_error = listener.error();
  }
  return listeners.size() > before ? Status() : first_error;
}

Result<Listener> listen_unix(const Config& config) {
  const std::string& path = config.unix_socket;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return invalid("the path of -s is too long for a socket: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());

  Listener listener;
  listener.tcp = false;
  listener.fd.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener.fd.get();
  // Nobody may connect between bind and the permissions that were asked for.
  const mode_t old_mask = umask(0777 & ~config.unix_mode);
  const bool bound = fd >= 0 &&
                     bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                     listen(fd, static_cast<int>(config.backlog)) == 0;
  const int error = errno;
  umask(old_mask);
  if (!bound) return errno_error("listening on " + path, error);
  return listener;
}

}  // namespace

Result<std::vector<Listener>> open_listeners(const Config& config) {
  std::vector<Listener> listeners;
  if (!config.unix_socket.empty()) {
    auto listener = listen_unix(config);
    if (!listener) return listener.error();
    listeners.push_back(std::move(*listener));
    return listeners;
  }
  std::vector<std::string> addresses = config.listen;
  if (addresses.empty()) addresses.push_back("*");
  for (const auto& text : addresses) {
    const HostPort address = address_and_port(text, config.port);
    if (const Status status = listen_on(address, config.backlog, listeners); !status) {
      return status.error();
    }
  }
  return listeners;
}

}  // namespace arcus::daemon
