#include "core/cluster/zklist.h"

#include <arpa/inet.h>

#include <set>

#include "core/base/text.h"
#include "core/cluster/json_text.h"
#include "core/cluster/load.h"

namespace arcus::cluster {

namespace {

// ZooKeeper takes ids up to 255.
constexpr std::size_t kMaxServers = 255;

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// "host", "host:port" or "[v6]:port"; what is wrong with it goes to `complaint`.
HostPort parse_server(const std::string& text, std::string& complaint) {
  HostPort server{text, kDefaultZkPort};
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed) {
    server.host = text.substr(1, text.size() - 2);
  } else if (text.find(':') != std::string::npos) {
    const auto parsed = parse_host_port(text);
    if (!parsed) {
      complaint = is_ipv6(text) ? "expected an IPv6 address in brackets, such as [::1]:2181"
                                : "expected host:port with a port from 1 to 65535";
      return server;
    }
    server = *parsed;
  }
  if (is_ipv6(server.host)) return server;
  if (const auto bad_name = hostname_complaint(server.host)) complaint = *bad_name;
  return server;
}

}  // namespace

Result<std::vector<ZkServer>> parse_zklist(std::string_view text) {
  const std::string origin = "zklist \"" + printable(text) + "\"";
  if (trim(text).empty()) {
    return invalid("zklist: empty; expected servers such as zk1:2181,zk2:2181,zk3:2181");
  }
  // The C client would take a path after the last server for all of them.
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    return invalid("a path (\"" + printable(trim(text.substr(slash))) +
                   "\") after the servers can't be: Arcus clients and nodes look for /arcus at "
                   "the top of the tree")
        .in(origin);
  }
  Complaints complaints;
  std::vector<ZkServer> servers;
  std::set<std::string> seen;
  for (const auto& part : split(text, ',')) {
    const std::string entry(trim(part));
    if (entry.empty()) {
      complaints.add("an empty entry", "expected host:port between commas");
      continue;
    }
    std::string complaint;
    const HostPort parsed = parse_server(entry, complaint);
    if (!complaint.empty()) {
      complaints.add("\"" + printable(entry) + "\"", complaint);
      continue;
    }
    ZkServer server{parsed.host, parsed.port, static_cast<int>(servers.size()) + 1};
    if (!seen.insert(server.address()).second) {
      complaints.add("\"" + printable(entry) + "\"", server.address() + " is there twice");
      continue;
    }
    servers.push_back(std::move(server));
  }
  if (servers.size() > kMaxServers) {
    complaints.add("the list", "expected at most " + std::to_string(kMaxServers) + " servers");
  }
  if (!complaints.empty()) return complaints.error(origin);
  return servers;
}

std::string format_zklist(const std::vector<ZkServer>& servers) {
  std::vector<std::string> addresses;
  for (const auto& server : servers) addresses.push_back(server.address());
  return join(addresses, ",");
}

}  // namespace arcus::cluster
