#include "daemon/membership/own_name.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "core/arcus/limits.h"
#include "core/base/handle.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace arcus::daemon {
namespace {

using Addresses = Handle<addrinfo, ::freeaddrinfo>;

// The local end of a route to the server; no packet is sent.
std::optional<std::string> local_ip_towards(const HostPort& server) {
  addrinfo hints{};
  hints.ai_family = AF_INET;  // node names are "<ip>:<port>", which only IPv4 can be
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found) !=
      0) {
    return std::nullopt;
  }
  const Addresses addresses(found);
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in own{};
  socklen_t size = sizeof own;
  if (!fd || ::connect(fd.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0) {
    return std::nullopt;
  }
  char text[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
}

Result<std::string> own_ip(const std::string& zklist) {
  for (const std::string& server : split(zklist, ',')) {
    const auto address = parse_host_port(trim(server));
    if (!address) continue;
    if (const auto ip = local_ip_towards(*address)) return *ip;
  }
  return Error{ErrorCode::kUnreachable,
               "no route to any ZooKeeper server of " + zklist +
                   "; can't tell this node's own address (ARCUS_CACHE_PUBLIC_IP sets it)",
               true};
}

std::string own_hostname(const in_addr& ip) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = ip;
  char name[NI_MAXHOST];
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), sizeof address, name, sizeof name,
                    nullptr, 0, NI_NAMEREQD) == 0) {
    return name;
  }
  if (::gethostname(name, sizeof name) != 0) return "localhost";
  name[sizeof name - 1] = '\0';
  return name;
}

}  // namespace

Result<NodeName> own_name(const std::string& zklist, std::uint16_t port, const std::string& ip,
                          const std::string& hostname) {
  NodeName name{ip, port, hostname};
  if (name.ip.empty()) {
    Result<std::string> found = own_ip(zklist);
    if (!found) return found.error();
    name.ip = *found;
  }
  in_addr address{};
  if (::inet_pton(AF_INET, name.ip.c_str(), &address) != 1) {
    return invalid("this node's address \"" + name.ip + "\" is not an IPv4 address");
  }
  if (name.hostname.empty()) name.hostname = own_hostname(address);
  if (name.hostname.size() > kMaxHostname || name.hostname.find('/') != std::string::npos) {
    return invalid("this node's host name \"" + printable(name.hostname) +
                   "\" can't be part of a znode's name (no '/', at most " +
                   std::to_string(kMaxHostname) + " bytes)");
  }
  return name;
}

}  // namespace arcus::daemon
