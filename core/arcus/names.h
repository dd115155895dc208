// The names of cache nodes and the paths of their znodes. The root is hard-coded in every Arcus
// client and daemon, so it is here too. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arcus {

// A cache node as its ephemeral znode names it: "<ip>:<port>-<hostname>".
struct NodeName {
  std::string ip;
  std::uint16_t port = 0;
  std::string hostname;

  std::string address() const { return ip + ":" + std::to_string(port); }
  std::string znode() const { return address() + "-" + hostname; }
  bool operator==(const NodeName&) const = default;
};

// Reads a child of cache_list: the address ends at the first '-', the rest is the host name
// (which may hold more of them). Nothing if there is no valid "ip:port" before it.
std::optional<NodeName> parse_node_name(std::string_view child);

// Only the part before the first '-': what a mapping and a cache_list child are matched by.
std::string_view node_address(std::string_view child);

namespace znode {

inline constexpr std::string_view kRoot = "/arcus";
inline constexpr std::string_view kCacheList = "/arcus/cache_list";
inline constexpr std::string_view kClientList = "/arcus/client_list";
inline constexpr std::string_view kMapping = "/arcus/cache_server_mapping";
inline constexpr std::string_view kServerLog = "/arcus/cache_server_log";

std::string cache_list(std::string_view service);
std::string cache_list(std::string_view service, std::string_view child);
std::string client_list(std::string_view service);
std::string mapping(std::string_view address);
std::string mapping(std::string_view address, std::string_view service);
std::string server_log(std::string_view day);  // day: "YYYY-MM-DD"

}  // namespace znode
}  // namespace arcus
