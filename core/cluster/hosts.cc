#include "core/cluster/hosts.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/base/handle.h"

namespace arcus::cluster {

namespace {

// Gathers names and addresses into hosts.
class Gathering {
 public:
  Gathering(const Settings& settings, const Resolver& resolver)
      : settings_(settings), resolver_(resolver) {}

  void add(const Node& node) {
    Host& host = known(node.ip);
    alias(host, node.hostname);
    // The cloud's name for a machine is what reports say; a bare address only until it is known.
    if (host.nodes.empty()) host.name = node.hostname;
    host.nodes.push_back(node);
  }

  void add(const ZkServer& server) {
    Host* host = by_alias(server.host);
    if (host == nullptr) host = &known(address_of(server.host));
    // Written by name in the list and by nothing but its address so far.
    if (host->nodes.empty() && host->zk.empty()) host->name = server.host;
    alias(*host, server.host);
    host->zk.push_back(server);
  }

  std::vector<Host> finish() {
    for (Host& host : hosts_) host.ssh = ssh_of(host);
    return std::move(hosts_);
  }

 private:
  // The host at this address, new if need be. All loopback addresses are this machine.
  Host& known(const std::string& address) {
    const bool local = is_loopback(address) || address == "localhost";
    for (Host& host : hosts_) {
      if (host.address == address || (local && host.is_local)) {
        alias(host, address);
        return host;
      }
    }
    Host& host = hosts_.emplace_back();
    host.name = host.address = address;
    host.is_local = local;
    alias(host, address);
    return host;
  }

  Host* by_alias(const std::string& name) {
    for (Host& host : hosts_) {
      if (std::count(host.aliases.begin(), host.aliases.end(), name) != 0) return &host;
    }
    return nullptr;
  }

  static void alias(Host& host, const std::string& name) {
    if (std::count(host.aliases.begin(), host.aliases.end(), name) == 0) {
      host.aliases.push_back(name);
    }
  }

  // Of several addresses the one that is written elsewhere; else the first. A name that nobody can
  // resolve may still be one that the settings or ~/.ssh/config know.
  std::string address_of(const std::string& name) const {
    const auto addresses = resolver_(name);
    for (const auto& address : addresses) {
      const auto same = [&address](const Host& host) { return host.address == address; };
      if (std::any_of(hosts_.begin(), hosts_.end(), same)) return address;
    }
    if (!addresses.empty()) return addresses.front();
    const auto said = settings_.hosts.find(name);
    // A loopback address in the settings is a forwarded port, not the machine.
    if (said != settings_.hosts.end() && !said->second.address.empty() &&
        !is_loopback(said->second.address)) {
      return said->second.address;
    }
    return name;
  }

  HostSettings ssh_of(const Host& host) const {
    HostSettings ssh{"", settings_.ssh.user, settings_.ssh.port, settings_.ssh.identity};
    for (const auto& name : host.aliases) {
      const auto found = settings_.hosts.find(name);
      if (found == settings_.hosts.end()) continue;
      const HostSettings& own = found->second;
      if (!own.address.empty()) ssh.address = own.address;
      if (!own.user.empty()) ssh.user = own.user;
      if (own.port != 0) ssh.port = own.port;
      if (!own.identity.empty()) ssh.identity = own.identity;
    }
    return ssh;
  }

  const Settings& settings_;
  const Resolver& resolver_;
  std::vector<Host> hosts_;
};

}  // namespace

std::vector<Host> hosts_of(const Cloud& cloud, const std::vector<ZkServer>& servers,
                           const Settings& settings, const Resolver& resolver) {
  Gathering gathering(settings, resolver);
  for (const auto& node : cloud.nodes) gathering.add(node);
  for (const auto& server : servers) gathering.add(server);
  return gathering.finish();
}

Resolver system_resolver() {
  return [](const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    std::vector<std::string> addresses;
    if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return addresses;
    const Handle<addrinfo, freeaddrinfo> owner(found);
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
      std::array<char, NI_MAXHOST> text{};
      if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
        addresses.emplace_back(text.data());
      }
    }
    // IPv4 first: it is what clouds are written in.
    std::stable_partition(addresses.begin(), addresses.end(), [](const std::string& address) {
      return address.find(':') == std::string::npos;
    });
    return addresses;
  };
}

bool is_loopback(std::string_view address) {
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace arcus::cluster
